import { galleryRiskTold } from '../answers/risk.ts';
import { everybody } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** What this gallery risks. */
export const riskRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/risk',
      may: everybody,
      says: 'FPIR and FNIR of this gallery over τ, and who is alike',
    },
    answer: galleryRiskTold,
    handle: (_call, desk) => desk.risk.now(desk),
  }),
];
