// Passing the page's /api requests on to the backend. Only what the backend needs goes there, and only what the page
// needs comes back: cookies and hop-by-hop headers stay where they are.

const THERE = ["accept", "authorization", "content-type"];
const BACK = ["content-type", "retry-after", "www-authenticate"];
const PATIENCE_MS = 40_000; // longer than the backend waits for a model
export const MOST_BYTES = 64 * 1024;

export const backendUrl = (env: Record<string, string | undefined>) =>
  (env.BACKEND_URL?.trim() || "http://localhost:8000").replace(/\/+$/, "");

export function target(base: string, path: string[], search: string): string {
  // Each part again as it must be in an address, so that no part can leave /api.
  const safe = path.filter((part) => part !== "." && part !== "..").map(encodeURIComponent);
  return `${base}/api/${safe.join("/")}${search}`;
}

function picked(headers: Headers, names: string[]): Headers {
  const out = new Headers({ "Cache-Control": "no-store" });
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) out.set(name, value);
  }
  return out;
}

const said = (status: number, detail: string) => Response.json({ detail }, { status });

export async function pass(request: Request, path: string[], base: string, fetcher: typeof fetch = fetch): Promise<Response> {
  const body = request.method === "GET" || request.method === "HEAD" ? undefined : await request.arrayBuffer();
  if (body && body.byteLength > MOST_BYTES) return said(413, "too much at once");
  let answer: Response;
  try {
    answer = await fetcher(target(base, path, new URL(request.url).search), {
      method: request.method,
      headers: picked(request.headers, THERE),
      body: body?.byteLength ? body : undefined,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return said(502, "the backend does not answer");
  }
  return new Response(answer.status === 204 ? null : answer.body, { status: answer.status, headers: picked(answer.headers, BACK) });
}
