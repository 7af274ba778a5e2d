/** What the other machine shows: a terminal under its units. */
import '../scenarios/units.ts';
import '../scenarios/face.ts';
import '../scenarios/inputs.ts';
import '../scenarios/lock-service.ts';
