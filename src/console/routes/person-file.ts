import { z } from 'zod';
import { dossierOf } from '../../hub/person-dossier.ts';
import { statementBook } from '../../hub/statement-book.ts';
import { personId } from '../answers/people.ts';
import { asFile } from '../as-file.ts';
import { administrators } from '../roles.ts';
import { type Route, route } from '../route.ts';

/** What there is about one person, for a request of access; the same as `limen people export`. */
export const personFileRoutes: readonly Route[] = [
  route({
    ...{
      method: 'GET',
      path: '/api/people/:person/file',
      may: administrators,
      says: 'Everything there is about one person, as JSON, for a request of access (GDPR, Article 15)',
    },
    params: z.object({ person: personId }),
    answer: null,
    audit: { action: 'person.exported', target: ({ params }) => params.person },
    handle: async ({ params: { person }, reply }, { store, keyring, site, clock }) => {
      const statements = statementBook({ db: store.db, keys: keyring, clock });
      const dossier = await dossierOf(person, { store, statements, site, clock });
      const file = asFile(reply, { name: `${person}.json`, type: 'application/json; charset=utf-8' });
      file.send(`${JSON.stringify(dossier, null, 2)}\n`);
    },
  }),
];
