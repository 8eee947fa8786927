"""llama.cpp's own HTTP server (the wheel xllamacpp holds it) with a model that is made here and knows nothing but its lines.
usage: python serve.py FOLDER LINES.json    prints its URL; ends with its standard input

LINES.json: {"lines": {NAME: [piece, …]}, "rules": [[NAME, Jinja condition], …], "n_ctx": …, "keys": […]}
The model is a real one for llama.cpp: one layer that does nothing, and an output matrix by which each token has one
successor. Which line it says is chosen by the last token of the prompt, which the chat template writes there: the first
rule that holds (said: the person's last words; last: the last message). So all that lies around a model is llama.cpp's:
the HTTP server, the streaming, its reading of the chat template, the grammar that it makes of the tools' schemas and
that each call must keep to, its parser of calls."""
import json
import sys

import gguf
import numpy
import xllamacpp

TEMPLATE = """\
{%- if tools %}{{- '<|im_start|>system\\n# Tools\\n<tools>' }}{%- for tool in tools %}{{- '\\n' + tool.function.name }}{%- endfor %}
{{- '\\n</tools>\\nA call is\\n<tool_call>\\n{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call><|im_end|>\\n' }}
{%- endif %}
{%- for m in messages %}
{%- if m.role == 'assistant' %}{{- '<|im_start|>assistant' }}{%- if m.content %}{{- '\\n' + m.content }}{%- endif %}
{%- for c in m.tool_calls or [] %}{{- '\\n<tool_call>\\n{"name": "' + c.function.name + '", "arguments": ' }}
{{- c.function.arguments | tojson }}{{- '}\\n</tool_call>' }}{%- endfor %}{{- '<|im_end|>\\n' }}
{%- elif m.role == 'tool' %}{{- '<|im_start|>user\\n<tool_response>\\n' + m.content + '\\n</tool_response><|im_end|>\\n' }}
{%- elif m.role == 'user' %}{{- '<|im_start|>user\\n' + m.content + '<|im_end|>\\n' }}
{%- endif %}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}
{%- set said = (messages | selectattr('role', 'equalto', 'user') | list | last).content %}
{%- set last = messages | last %}CHOICE
{%- endif %}"""
END = "<|im_end|>"


def choice(rules):
    out = "".join("{%%- %s %s %%}{{- '<|say-%s|>' }}" % ("elif" if i else "if", rule, name) for i, (name, rule) in enumerate(rules))
    return out + "{%- endif %}"


def tokens_of(lines):
    """All bytes, the marks, and each piece; and what follows what."""
    kind = gguf.TokenType
    tokens = {"<unk>": kind.UNKNOWN, "<s>": kind.CONTROL, END: kind.CONTROL, "<|im_start|>": kind.CONTROL}
    tokens.update({f"<0x{i:02X}>": kind.BYTE for i in range(256)})
    follows = {}
    for name, pieces in lines.items():
        at = f"<|say-{name}|>"
        tokens[at] = kind.CONTROL
        for piece in [*pieces, END]:
            assert follows.setdefault(at, piece) == piece, f"{at!r} is followed by two pieces"
            tokens.setdefault(piece, kind.USER_DEFINED)
            at = piece
    return tokens, follows


def write_model(path, lines, rules):
    tokens, follows = tokens_of(lines)
    index = {t: i for i, t in enumerate(tokens)}
    vocab, head = len(tokens), 64
    width = (vocab + head - 1) // head * head
    w = gguf.GGUFWriter(path, "llama")
    w.add_context_length(1 << 16)
    w.add_embedding_length(width)
    w.add_block_count(1)
    w.add_feed_forward_length(head)
    w.add_head_count(width // head)
    w.add_head_count_kv(1)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_rope_dimension_count(head)
    w.add_vocab_size(vocab)
    w.add_tokenizer_model("llama")
    w.add_token_list(list(tokens))
    w.add_token_scores([0.0] * vocab)
    w.add_token_types(list(tokens.values()))
    w.add_bos_token_id(index["<s>"])
    w.add_eos_token_id(index[END])
    w.add_unk_token_id(0)
    w.add_add_bos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template(TEMPLATE.replace("CHOICE", choice(rules)))
    successor = numpy.zeros((vocab, width), dtype=numpy.float32)
    for token, i in index.items():
        successor[index[follows.get(token, END)], i] = 10
    w.add_tensor("token_embd.weight", numpy.eye(vocab, width, dtype=numpy.float32))
    w.add_tensor("output.weight", successor)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        w.add_tensor(f"{name}.weight", numpy.ones(width, dtype=numpy.float32))
    for name, shape in (("attn_q", (width, width)), ("attn_k", (head, width)), ("attn_v", (head, width)), ("attn_output", (width, width)),
                        ("ffn_gate", (head, width)), ("ffn_up", (head, width)), ("ffn_down", (width, head))):
        w.add_tensor(f"blk.0.{name}.weight", numpy.zeros(shape, dtype=numpy.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main(folder, file):
    with open(file) as f:
        script = json.load(f)
    path = f"{folder}/lines.gguf"
    write_model(path, script["lines"], script["rules"])
    p = xllamacpp.CommonParams()
    p.model.path = path
    p.hostnames, p.port = ["127.0.0.1"], 0
    p.n_ctx, p.n_parallel, p.n_predict = script["n_ctx"], 1, 1000
    p.api_keys = script.get("keys", [])
    p.use_jinja, p.warmup = True, False
    p.sampling.temp = 0.0
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = 2
    server = xllamacpp.Server(p)
    print(server.listening_address, flush=True)
    sys.stdin.read()


main(*sys.argv[1:])
