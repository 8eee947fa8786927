"""What the environment says. Read once; nothing is written back and no secret is printed."""
import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    database_url: str = ""
    auth_secret: str = field(default="", repr=False)
    allowed_origins: tuple[str, ...] = ()
    openai_key: str = field(default="", repr=False)
    openai_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o-mini"

    @classmethod
    def from_environment(cls, env=os.environ) -> "Settings":
        def word(name, otherwise=""):
            return env.get(name, "").strip() or otherwise

        return cls(
            database_url=word("DATABASE_URL"),
            auth_secret=word("BETTER_AUTH_SECRET"),
            allowed_origins=tuple(o.strip().rstrip("/") for o in word("ALLOWED_ORIGINS").split(",") if o.strip()),
            openai_key=word("OPENAI_API_KEY"),
            openai_url=word("OPENAI_BASE_URL", cls.openai_url).rstrip("/"),
            openai_model=word("OPENAI_MODEL", cls.openai_model),
        )
