"""Run by the Python of the `python` server environment: parses requests (one JSON object per line on standard input)
with the official openai package's types, and complains of anything they do not know."""
import json
import sys
import typing

from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat import completion_create_params as params
from pydantic import ConfigDict, TypeAdapter

MESSAGES = {}
for cls in typing.get_args(ChatCompletionMessageParam):
    role = typing.get_args(typing.get_type_hints(cls)["role"])[0]
    MESSAGES[role] = cls


def strictly(cls):
    """The type, refusing members that it does not have."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")
    return TypeAdapter(cls)


from openai.types.chat.chat_completion_message_function_tool_call_param import (  # noqa: E402
    ChatCompletionMessageFunctionToolCallParam as Call, Function)
from openai.types.shared_params.function_definition import FunctionDefinition  # noqa: E402

for inner in (Function, Call, FunctionDefinition):
    inner.__pydantic_config__ = ConfigDict(extra="forbid")
MESSAGE = {role: strictly(cls) for role, cls in MESSAGES.items()}
CALL = TypeAdapter(Call)
TOOL = strictly(ChatCompletionToolParam)
KNOWN = set(params.CompletionCreateParamsStreaming.__annotations__) | set(params.CompletionCreateParamsBase.__annotations__)

count = 0
for line in sys.stdin:
    body = json.loads(line)
    assert set(body) <= KNOWN, set(body) - KNOWN
    assert isinstance(body["model"], str) and isinstance(body["stream"], bool)
    if "stream_options" in body:
        strictly(params.ChatCompletionStreamOptionsParam).validate_python(body["stream_options"], strict=True)
    for m in body["messages"]:
        parsed = MESSAGE[m["role"]].validate_python(m)
        for call in parsed.get("tool_calls") or []:
            CALL.validate_python(call)
        count += 1
    for tool in body.get("tools", []):
        TOOL.validate_python(tool)
print(count)
