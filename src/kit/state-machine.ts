import { refuse } from "./refusal.ts";

/** For each state the moves that it allows, and where each leads. */
export type StateMachine<State extends string, Move extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Move, State>>>>
>;

/** Where `move` leads from `state`; null when it is not allowed there. */
export function target<State extends string, Move extends string>(
  machine: StateMachine<State, Move>,
  state: State,
  move: Move,
): State | null {
  return machine[state][move] ?? null;
}

/** The moves that `state` allows, in the order of the table. */
export function allowedMoves<State extends string, Move extends string>(
  machine: StateMachine<State, Move>,
  state: State,
): Move[] {
  return Object.keys(machine[state]) as Move[];
}

/** The states that one move leads to from `state`, each once. */
export function allowedStates<State extends string, Move extends string>(
  machine: StateMachine<State, Move>,
  state: State,
): State[] {
  return [...new Set(Object.values<State>(machine[state] as Record<string, State>))];
}

/** Whether `to` can be stored where `from` is: one move leads there, or nothing changes. */
export function canBecome<State extends string, Move extends string>(
  machine: StateMachine<State, Move>,
  from: State,
  to: State,
): boolean {
  return from === to || allowedStates(machine, from).includes(to);
}

/**
 * Where `move` leads from `state`; refused with `ILLEGAL_STATE` when it is not allowed there. The message and the details
 * name the moves that are. `noun` is what people call the object: "The invoice".
 */
export function requireMove<State extends string, Move extends string>(
  machine: StateMachine<State, Move>,
  state: State,
  move: Move,
  { noun, path = [] }: { readonly noun: string; readonly path?: readonly string[] },
): State {
  const next = target(machine, state, move);
  if (next !== null) return next;
  const allowed = allowedMoves(machine, state);
  const hint = allowed.length ? `It allows: ${allowed.join(", ")}` : "It allows no further moves";
  return refuse("ILLEGAL_STATE", `${noun} is ${state}, which does not allow ${move}. ${hint}.`, path, {
    state,
    move,
    allowed,
  });
}
