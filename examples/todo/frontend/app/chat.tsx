"use client";

import { useState } from "react";
import type { makeApi } from "../lib/api";

type Props = { api: ReturnType<typeof makeApi>; attempt: (work: () => Promise<void>) => Promise<void> };

export function Chat({ api, attempt }: Props) {
  const [question, setQuestion] = useState("");
  const [reply, setReply] = useState("");
  const [waiting, setWaiting] = useState(false);

  return (
    <section>
      <h2>Ask about your list</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setWaiting(true);
          void attempt(async () => setReply((await api.chat(question)).reply)).finally(() => setWaiting(false));
        }}
      >
        <input value={question} onChange={(event) => setQuestion(event.target.value)} placeholder="What should I do first?" maxLength={4000} required />
        <button disabled={waiting}>{waiting ? "…" : "Ask"}</button>
      </form>
      {reply && <p className="reply">{reply}</p>}
    </section>
  );
}
