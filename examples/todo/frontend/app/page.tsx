import { Board } from "./board";

export default function Page() {
  return (
    <>
      <h1>Todo</h1>
      <Board />
    </>
  );
}
