"""The API of the todo example. /health says that the program serves: it is the liveness probe too, and a restart
would not bring a database back, so the database's state is in its body and not in its status code."""
import logging
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from . import chat
from .db import Database, EmailTaken, NoSuchUser, Unavailable
from .security import NOBODY, hash_password, make_token, password_matches, read_token
from .settings import Settings

settings = Settings.from_environment()
database = Database(settings.database_url)
log = logging.getLogger("uvicorn.error")


@asynccontextmanager
async def lifespan(_: FastAPI):
    if not settings.auth_secret:
        log.warning("BETTER_AUTH_SECRET is not set: nobody can sign in")
    database.start()
    yield
    database.stop()


app = FastAPI(title="Todo", version="1.0.0", lifespan=lifespan)
if settings.allowed_origins:
    app.add_middleware(CORSMiddleware, allow_origins=list(settings.allowed_origins), allow_methods=["GET", "POST", "PATCH", "DELETE"],
                       allow_headers=["Authorization", "Content-Type"])


def _text(most: int, least: int = 1, pattern: str | None = None):
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=pattern)


# PostgreSQL's text holds no zero byte.
Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254,
                                         pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$")]
Password = Annotated[str, StringConstraints(min_length=8, max_length=200)]
Line = Annotated[str, _text(500, pattern=r"^[^\x00]+$")]


class SignUp(BaseModel):
    email: Email
    password: Password
    name: Annotated[str, _text(100, pattern=r"^[^\x00]+$")] | None = None


class SignIn(BaseModel):
    email: Email
    password: Annotated[str, StringConstraints(max_length=200)]


class NewTodo(BaseModel):
    title: Line


class TodoChange(BaseModel):
    title: Line | None = None
    done: bool | None = None


class Question(BaseModel):
    message: Annotated[str, _text(4000)]


@app.exception_handler(Unavailable)
def unavailable(_: Request, error: Unavailable) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=503, headers={"Retry-After": "2"})


@app.exception_handler(RequestValidationError)
def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """One line for people. FastAPI's own answer repeats what was sent, a password too."""
    first = error.errors()[0]
    return JSONResponse({"detail": f"{first['loc'][-1]}: {first['msg']}"}, status_code=422)


@app.exception_handler(NoSuchUser)
def gone(_: Request, __: NoSuchUser) -> JSONResponse:
    return JSONResponse({"detail": "sign in first"}, status_code=401, headers={"WWW-Authenticate": "Bearer"})


def secret() -> str:
    if not settings.auth_secret:
        raise Unavailable("BETTER_AUTH_SECRET is not set")
    return settings.auth_secret


def user_id(authorization: Annotated[str, Header()] = "", key: str = Depends(secret)) -> str:
    kind, _, token = authorization.partition(" ")
    known = read_token(key, token.strip()) if kind.lower() == "bearer" else None
    if known is None:
        raise HTTPException(401, "sign in first", {"WWW-Authenticate": "Bearer"})
    return known


User = Annotated[str, Depends(user_id)]
TodoId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Secret = Annotated[str, Depends(secret)]


@app.get("/health")
async def health() -> dict:  # async: it never waits for a free thread
    return {"status": "ok", "database": database.state, "chat": bool(settings.openai_key)}


@app.post("/api/auth/sign-up", status_code=201)
def sign_up(new: SignUp, key: Secret) -> dict:
    try:
        user = database.add_user(new.email, new.name or new.email.partition("@")[0], hash_password(new.password))
    except EmailTaken:
        raise HTTPException(409, "this address has an account already") from None
    return {"token": make_token(key, user["id"]), "user": user}


@app.post("/api/auth/sign-in")
def sign_in(who: SignIn, key: Secret) -> dict:
    user = database.user_by_email(who.email)
    if not password_matches(who.password, user["password"] if user else NOBODY) or user is None:
        raise HTTPException(401, "address or password is wrong")
    return {"token": make_token(key, user["id"]), "user": {k: user[k] for k in ("id", "email", "name")}}


@app.get("/api/auth/me")
def me(who: User) -> dict:
    user = database.user(who)
    if user is None:
        raise HTTPException(401, "sign in first")
    return user


@app.get("/api/todos")
def list_todos(who: User) -> list[dict]:
    return database.todos(who)


@app.post("/api/todos", status_code=201)
def create_todo(new: NewTodo, who: User) -> dict:
    return database.add_todo(who, new.title)


@app.patch("/api/todos/{todo_id}")
def change_todo(todo_id: TodoId, change: TodoChange, who: User) -> dict:
    todo = database.change_todo(who, todo_id, change.title, change.done)
    if todo is None:
        raise HTTPException(404, "there is no such todo")
    return todo


@app.delete("/api/todos/{todo_id}", status_code=204)
def delete_todo(todo_id: TodoId, who: User) -> None:
    if not database.delete_todo(who, todo_id):
        raise HTTPException(404, "there is no such todo")


@app.post("/api/chat")
def ask(question: Question, who: User) -> dict:
    if not settings.openai_key:
        return {"available": False, "reply": chat.NO_KEY}
    try:
        return {"available": True, "reply": chat.ask(settings, question.message, database.todos(who))}
    except chat.ChatFailed as error:
        raise HTTPException(502, str(error)) from None
