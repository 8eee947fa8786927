"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiError, makeApi, type Session, type Todo, type User } from "../lib/api";
import { replaced, summary, without } from "../lib/todos";
import { Chat } from "./chat";
import { SignIn } from "./sign-in";

// Written into the page when it is built; empty is the page's own address.
const BASE = process.env.NEXT_PUBLIC_API_URL ?? "";
const KEPT = "todo-token";

export function Board() {
  const [token, setToken] = useState<string | null>(null);
  const [user, setUser] = useState<User | null>(null);
  const [todos, setTodos] = useState<Todo[]>([]);
  const [title, setTitle] = useState("");
  const [trouble, setTrouble] = useState("");
  const api = useMemo(() => makeApi(BASE, token), [token]);

  const signOut = useCallback(() => {
    sessionStorage.removeItem(KEPT);
    setToken(null);
    setUser(null);
    setTodos([]);
  }, []);

  const attempt = useCallback(
    async (work: () => Promise<void>) => {
      setTrouble("");
      try {
        await work();
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) signOut();
        setTrouble(error instanceof Error ? error.message : String(error));
      }
    },
    [signOut],
  );

  useEffect(() => setToken(sessionStorage.getItem(KEPT)), []);
  useEffect(() => {
    if (token === null) return;
    void attempt(async () => {
      setUser(await api.me());
      setTodos(await api.list());
    });
  }, [token, api, attempt]);

  function signedIn(session: Session) {
    sessionStorage.setItem(KEPT, session.token);
    setTrouble("");
    setToken(session.token);
  }

  function rename(todo: Todo) {
    const wanted = window.prompt("Change the todo", todo.title);
    if (wanted !== null && wanted.trim() !== todo.title)
      void attempt(async () => {
        const changed = await api.change(todo.id, { title: wanted });
        setTodos((now) => replaced(now, changed));
      });
  }

  const alarm = trouble && <p role="alert">{trouble}</p>;
  if (user === null)
    return (
      <>
        {alarm}
        <SignIn api={api} onSession={signedIn} attempt={attempt} />
      </>
    );
  return (
    <>
      <p className="who">
        {user.name} <button onClick={signOut}>Sign out</button>
      </p>
      {alarm}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(async () => {
            const made = await api.create(title);
            setTodos((now) => [...now, made]);
            setTitle("");
          });
        }}
      >
        <input value={title} onChange={(event) => setTitle(event.target.value)} placeholder="What is to be done?" maxLength={500} required />
        <button>Add</button>
      </form>
      <p>{summary(todos)}</p>
      <ul>
        {todos.map((todo) => (
          <li key={todo.id}>
            <label className={todo.done ? "done" : ""}>
              <input
                type="checkbox"
                checked={todo.done}
                onChange={() =>
                  void attempt(async () => {
                    const changed = await api.change(todo.id, { done: !todo.done });
                    setTodos((now) => replaced(now, changed));
                  })
                }
              />
              {todo.title}
            </label>
            <button onClick={() => rename(todo)}>Change</button>
            <button
              onClick={() =>
                void attempt(async () => {
                  await api.remove(todo.id);
                  setTodos((now) => without(now, todo.id));
                })
              }
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
      <Chat api={api} attempt={attempt} />
    </>
  );
}
