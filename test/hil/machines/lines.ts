/** What one machine shows: lines and cameras. No terminal runs; the relay is left alone until the power is cut. */
import '../../gpio/gpiochip.test.ts';
import '../../gpio/onoff.test.ts';
import '../scenarios/camera.ts';
import '../scenarios/killed.ts';
import '../scenarios/latency.ts';
