import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { backendUrl, MOST_BYTES, pass, target } from "../lib/proxy";

test("the backend's address comes from the environment", () => {
  assert.equal(backendUrl({ BACKEND_URL: " http://todo-backend:8000/ " }), "http://todo-backend:8000");
  assert.equal(backendUrl({}), "http://localhost:8000");
  assert.equal(backendUrl({ BACKEND_URL: "" }), "http://localhost:8000");
});

test("no path leaves /api", () => {
  assert.equal(target("http://b", ["todos", "7"], "?a=1"), "http://b/api/todos/7?a=1");
  assert.equal(target("http://b", ["..", "health"], ""), "http://b/api/health");
  assert.equal(target("http://b", ["a/../../health", "x?y#z"], ""), "http://b/api/a%2F..%2F..%2Fhealth/x%3Fy%23z");
});

test("a request passes with its method, body and token, but without cookies", async () => {
  const seen: { method?: string; url?: string; headers?: IncomingHttpHeaders; body: string } = { body: "" };
  const server = createServer((request, answer) => {
    Object.assign(seen, { method: request.method, url: request.url, headers: request.headers });
    request.on("data", (part) => (seen.body += part));
    request.on("end", () => answer.writeHead(201, { "Content-Type": "application/json", "Set-Cookie": "a=1", "X-Inside": "1" }).end('{"id":1}'));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const request = new Request("http://todo.local/api/todos?x=1", {
      method: "POST",
      headers: { Authorization: "Bearer t1", "Content-Type": "application/json", Cookie: "secret=1", "X-Forwarded-For": "1.2.3.4" },
      body: '{"title":"é"}',
    });
    const answer = await pass(request, ["todos"], `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.deepEqual([seen.method, seen.url, seen.body], ["POST", "/api/todos?x=1", '{"title":"é"}']);
    assert.equal(seen.headers?.authorization, "Bearer t1");
    assert.equal(seen.headers?.cookie, undefined);
    assert.equal(answer.status, 201);
    assert.deepEqual(await answer.json(), { id: 1 });
    assert.deepEqual([answer.headers.get("set-cookie"), answer.headers.get("x-inside")], [null, null]);
  } finally {
    server.close();
  }
});

test("an empty answer stays empty", async () => {
  const answer = await pass(new Request("http://p/api/todos/1", { method: "DELETE" }), ["todos", "1"], "http://b", async () => new Response(null, { status: 204 }));
  assert.equal(answer.status, 204);
  assert.equal(answer.body, null);
});

test("too much is refused, and a backend that is away is told", async () => {
  const big = new Request("http://p/api/todos", { method: "POST", body: "x".repeat(MOST_BYTES + 1) });
  assert.equal((await pass(big, ["todos"], "http://127.0.0.1:1")).status, 413);
  const answer = await pass(new Request("http://p/api/todos"), ["todos"], "http://127.0.0.1:1");
  assert.deepEqual([answer.status, await answer.json()], [502, { detail: "the backend does not answer" }]);
});
