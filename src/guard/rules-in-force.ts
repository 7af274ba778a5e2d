import { authorise, both, type Decision } from '../access/rules/authorise.ts';
import { type Conflict, mergeRules } from '../access/rules/merge.ts';
import { named, type Rules } from '../access/rules/rules.ts';
import type { Situation } from '../access/rules/situation.ts';
import { LimenError } from '../domain/errors.ts';

/** Rules of a hub, read and checked, with the number of their version. */
export interface CheckedRules {
  readonly version: number;
  readonly rules: Rules;
}

export interface RulesInForceOptions {
  /** What the configuration says; empty where it says nothing. */
  readonly configuration: Rules;
  /** What the hub said last; `null` before the first. */
  readonly hub: CheckedRules | null;
  /** Newer ones that contradict the configuration, kept from an earlier run; `null` when there are none. */
  readonly contested?: CheckedRules | null;
  /** Nobody passes without rules of the hub: the site wants it so, or there were some, and they are lost. */
  readonly needsHub: boolean;
}

/** Which rules decide right now. */
export class RulesInForce {
  readonly #configuration: Rules;
  #needsHub: boolean;
  #hub: CheckedRules | null;
  #rules: Rules;
  /** What the hub wanted and the configuration contradicts: it can only refuse more, until the conflict is solved. */
  #contested: Rules | null = null;

  /** @throws LimenError `access.rules-conflict` when the two contradict each other. */
  constructor({ configuration, hub, contested = null, needsHub }: RulesInForceOptions) {
    this.#configuration = configuration;
    this.#hub = hub;
    this.#needsHub = needsHub && hub === null;
    this.#rules = consistent(configuration, hub?.rules ?? {});
    // The hub may have taken them back since: then they are followed by newer ones, and are no longer in the way.
    if (contested !== null && contested.version > this.version) this.#contested = this.#asContested(contested.rules);
  }

  get current(): Rules {
    return this.#rules;
  }

  /** The hub's version; 0 where it has said nothing. */
  get version(): number {
    return this.#hub?.version ?? 0;
  }

  /** Nobody passes: the rules of the hub are awaited. */
  get missing(): boolean {
    return this.#needsHub;
  }

  /** Two sets of rules are in force, because the hub contradicts the configuration. */
  get contested(): boolean {
    return this.#contested !== null;
  }

  /** Whether anybody is asked for more because the gallery hardly tells them from somebody else. */
  get askLookAlikes(): boolean {
    const inForce = [this.#rules, ...(this.#contested === null ? [] : [this.#contested])];
    return inForce.some((rules) => named(rules.secondFactors).some(([, { onlyLookAlikes }]) => onlyLookAlikes));
  }

  /**
   * Whether rules of the hub go together with the configuration. Where they do not, what was in force goes on, and what
   * the hub wants to forbid is forbidden as well.
   *
   * @throws LimenError `access.rules-conflict`.
   */
  check({ rules }: CheckedRules): void {
    try {
      consistent(this.#configuration, rules);
    } catch (error) {
      this.#contested = this.#asContested(rules);
      throw error;
    }
  }

  /** What the hub says goes before what the configuration says under the same name. */
  #asContested(rules: Rules): Rules {
    return mergeRules(rules, this.#configuration).rules;
  }

  /** Put checked rules into force. */
  adopt(hub: CheckedRules): void {
    this.#hub = hub;
    this.#needsHub = false;
    this.#contested = null;
    this.#rules = consistent(this.#configuration, hub.rules);
  }

  /** What they say about somebody at the door; with `alsoAsk`, everybody needs a second factor besides. */
  decide(situation: Omit<Situation, 'rules'>, { alsoAsk = null }: { alsoAsk?: string | null } = {}): Decision {
    const asking = (rules: Rules) => (alsoAsk === null ? rules : askingEverybody(rules, alsoAsk));
    const decision = authorise({ ...situation, rules: asking(this.#rules) });
    if (this.#contested === null) return decision;
    return both(decision, authorise({ ...situation, rules: asking(this.#contested) }));
  }
}

/** Besides the site's own, whatever they ask for: one answer that is right for all of them is asked for once. */
function askingEverybody(rules: Rules, name: string): Rules {
  const everybody = { onlyLookAlikes: false, accept: ['pin', 'card'] as const };
  return { ...rules, secondFactors: { ...rules.secondFactors, [name]: everybody } };
}

function consistent(configuration: Rules, hub: Rules): Rules {
  const { rules, conflicts } = mergeRules(configuration, hub);
  if (conflicts.length === 0) return rules;
  throw new LimenError('access.rules-conflict', conflicts.map(inWords).join('\n'), {
    hint: 'Say each rule in one place, or the same in both: change access in the configuration, or the rules on the hub (limen hub rules set FILE).',
  });
}

function inWords({ rule, configuration, hub }: Conflict): string {
  return `access.${rule} is ${JSON.stringify(configuration)} in the configuration, and ${JSON.stringify(hub)} on the hub.`;
}
