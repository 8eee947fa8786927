import assert from "node:assert/strict";
import { test } from "node:test";
import type { Todo } from "../lib/api";
import { replaced, summary, without } from "../lib/todos";

const todo = (id: number, done = false): Todo => ({ id, title: `t${id}`, done, created_at: "" });

test("one todo is replaced or taken out, the others stay in their order", () => {
  const todos = [todo(1), todo(2), todo(3)];
  assert.deepEqual(replaced(todos, todo(2, true)).map((one) => one.done), [false, true, false]);
  assert.deepEqual(without(todos, 2).map((one) => one.id), [1, 3]);
  assert.equal(todos.length, 3);
});

test("the summary counts what is open", () => {
  assert.equal(summary([]), "Nothing to do yet.");
  assert.equal(summary([todo(1), todo(2, true)]), "1 of 2 to do.");
  assert.equal(summary([todo(1, true)]), "All done.");
});
