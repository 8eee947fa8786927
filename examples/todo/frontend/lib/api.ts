// What the page says to the backend. Empty base: the page's own address, where app/api passes it on.

export type Todo = { id: number; title: string; done: boolean; created_at: string };
export type User = { id: string; email: string; name: string };
export type Session = { token: string; user: User };
export type Reply = { available: boolean; reply: string };
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

async function reason(answer: Response): Promise<string> {
  try {
    const { detail } = (await answer.json()) as { detail?: unknown };
    if (typeof detail === "string" && detail) return detail;
  } catch {
    // not JSON: an error page of something on the way
  }
  return `the server answered ${answer.status}`;
}

export function makeApi(base: string, token: string | null, fetcher: Fetch = fetch) {
  const root = base.replace(/\/+$/, "");

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers["Authorization"] = `Bearer ${token}`;
    let answer: Response;
    try {
      answer = await fetcher(`${root}/api${path}`, {
        method,
        headers,
        cache: "no-store",
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new ApiError(0, "the server cannot be reached");
    }
    if (!answer.ok) throw new ApiError(answer.status, await reason(answer));
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  return {
    signUp: (email: string, password: string) => call<Session>("POST", "/auth/sign-up", { email, password }),
    signIn: (email: string, password: string) => call<Session>("POST", "/auth/sign-in", { email, password }),
    me: () => call<User>("GET", "/auth/me"),
    list: () => call<Todo[]>("GET", "/todos"),
    create: (title: string) => call<Todo>("POST", "/todos", { title }),
    change: (id: number, change: Partial<Pick<Todo, "title" | "done">>) => call<Todo>("PATCH", `/todos/${id}`, change),
    remove: (id: number) => call<void>("DELETE", `/todos/${id}`),
    chat: (message: string) => call<Reply>("POST", "/chat", { message }),
  };
}
