"use client";

import { useState } from "react";
import type { makeApi, Session } from "../lib/api";

type Props = {
  api: ReturnType<typeof makeApi>;
  onSession: (session: Session) => void;
  attempt: (work: () => Promise<void>) => Promise<void>;
};

export function SignIn({ api, onSession, attempt }: Props) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");

  return (
    <form
      className="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        const submitter = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
        const how = submitter?.value === "up" ? api.signUp : api.signIn;
        void attempt(async () => onSession(await how(email, password)));
      }}
    >
      <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} placeholder="E-mail" autoComplete="username" required />
      <input
        type="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        placeholder="Password, 8 characters or more"
        autoComplete="current-password"
        minLength={8}
        required
      />
      <button value="in">Sign in</button>
      <button value="up">Sign up</button>
    </form>
  );
}
