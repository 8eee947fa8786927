import type { Todo } from "./api";

export const replaced = (todos: Todo[], todo: Todo) => todos.map((one) => (one.id === todo.id ? todo : one));
export const without = (todos: Todo[], id: number) => todos.filter((one) => one.id !== id);

export function summary(todos: Todo[]): string {
  if (todos.length === 0) return "Nothing to do yet.";
  const open = todos.filter((todo) => !todo.done).length;
  return open === 0 ? "All done." : `${open} of ${todos.length} to do.`;
}
