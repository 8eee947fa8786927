import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, makeApi } from "../lib/api";

function recorder(answer: () => Response) {
  const asked: { url: string; init: RequestInit }[] = [];
  return { asked, fetcher: async (url: string, init: RequestInit) => (asked.push({ url, init }), answer()) };
}

test("an empty base is the page's own address; a given one loses its last slash", async () => {
  for (const [base, url] of [["", "/api/todos"], ["http://api.example:8000/", "http://api.example:8000/api/todos"]] as const) {
    const { asked, fetcher } = recorder(() => Response.json([]));
    await makeApi(base, "t1", fetcher).list();
    assert.equal(asked[0]?.url, url);
  }
});

test("the token goes along, and a body only where there is one", async () => {
  const { asked, fetcher } = recorder(() => Response.json({}));
  await makeApi("", "t1", fetcher).change(7, { done: true });
  await makeApi("", null, fetcher).list();
  assert.deepEqual(asked[0]?.init.headers, { "Content-Type": "application/json", Authorization: "Bearer t1" });
  assert.equal(asked[0]?.init.body, '{"done":true}');
  assert.equal(asked[0]?.init.method, "PATCH");
  assert.deepEqual(asked[1]?.init.headers, {});
  assert.equal(asked[1]?.init.body, undefined);
});

test("a deleted todo has no answer to read", async () => {
  const { fetcher } = recorder(() => new Response(null, { status: 204 }));
  assert.equal(await makeApi("", "t1", fetcher).remove(7), undefined);
});

test("the reason that the backend gives is told, and something is told when it gives none", async () => {
  const cases: [Response, string][] = [
    [Response.json({ detail: "this address has an account already" }, { status: 409 }), "this address has an account already"],
    [new Response("<html>", { status: 504 }), "the server answered 504"],
    [Response.json({ detail: [{ msg: "x" }] }, { status: 422 }), "the server answered 422"],
  ];
  for (const [answer, message] of cases)
    await assert.rejects(makeApi("", null, async () => answer).list(), (error: ApiError) => error.status === answer.status && error.message === message);
  const nobody = () => Promise.reject(new TypeError("fetch failed"));
  await assert.rejects(makeApi("", null, nobody).list(), { status: 0, message: "the server cannot be reached" });
});
