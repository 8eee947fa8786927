/* Kinds and what may be done with them, for phrases: "get, list and watch", "pods and their logs". */
#include "spoken.h"

#include "opsh/base/str.h"

static bool quoted(const struct token *t)
{
    return (t->flags & TOKEN_QUOTED) != 0;
}

size_t hear_kind(struct clause *c, size_t i, char *out, size_t size)
{
    const struct word *w = token_sense(&c->tokens->v[i], WORD_KIND);
    if (w == NULL)
        return 0;
    (void)snprintf(out, size, "%s", w->value);
    return i + c->tokens->v[i].span;
}

/* "the ConfigMap", "it": what a clause before made, as kind/name. Where a name stands behind the kind, it is that one.
 */
size_t hear_made(struct clause *c, size_t i, char *out, size_t size)
{
    const struct token *t = &c->tokens->v[i];
    const struct word *w = token_sense(t, WORD_KIND);
    size_t next = i + t->span;
    char slot[80], name[256];
    const char *last = slots_get(&c->frame.slots, "made:last");
    if (last != NULL && (strcmp(t->low, "it") == 0 || strcmp(t->low, "them") == 0)) {
        (void)snprintf(out, size, "%s", last);
        return i + 1;
    }
    if (w == NULL || strcmp(w->value, "pod") == 0 || (next < c->to && hear_name(c, next, name, sizeof(name)) != 0))
        return 0;
    (void)snprintf(slot, sizeof(slot), "made:%s", w->value);
    const char *made = slots_get(&c->frame.slots, slot);
    if (made == NULL)
        return 0;
    (void)snprintf(out, size, "%s/%s", w->value, made);
    return next;
}

static bool joint(const struct token *t)
{
    static const char *const words[] = { "and", "or", "&", "all", "any", "the", "their", "of", "also" };
    return !quoted(t) && OP_IN(t->low, words);
}

/* "pods, secrets and pod logs": kinds in the singular, logs and shells as what they are to the API. */
size_t hear_kinds(struct clause *c, size_t i, char *out, size_t size)
{
    size_t end = 0, n = 0;
    for (size_t k = i; k < c->to && n + 40 < size;) {
        const struct token *t = &c->tokens->v[k], *next = clause_token(c, k + 1);
        const struct word *w = token_sense(t, WORD_KIND);
        bool logs = strcmp(t->low, "logs") == 0 || strcmp(t->low, "log") == 0;
        bool pod = strcmp(t->low, "pod") == 0 || strcmp(t->low, "pods") == 0;
        bool pod_logs = pod && next != NULL && (strcmp(next->low, "logs") == 0 || strcmp(next->low, "log") == 0);
        if (logs || pod_logs || w != NULL) {
            if (w != NULL && w->one && strcmp(w->value, "namespace") == 0)
                break; /* where, not what */
            static const char *const made[] = { "role", "rolebinding", "clusterrole", "clusterrolebinding",
                                                "serviceaccount" };
            if (w != NULL && w->one && OP_IN(w->value, made))
                break; /* "… deployments, role binding x", "a read-only role": a thing that is made */
            const char *value = logs || pod_logs ? "pod/log" : w->value;
            bool again = end != 0 && strcmp(value, "pod") == 0 && strstr(out, "pod/log") != NULL; /* "logs of pods" */
            if (!again)
                n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "", value);
            k += pod_logs ? 2 : t->span;
            end = k;
        } else if (joint(t) && !(strcmp(t->low, "of") == 0 && end == 0)) {
            k++;
        } else {
            break;
        }
    }
    return end;
}

/* "get, list and watch", "read": as they were said, in the words of the table of build_access.c. */
size_t hear_verbs(struct clause *c, size_t i, char *out, size_t size)
{
    static const char *const words[][2] = {
        { "get", "get" },         { "list", "list" },       { "watch", "watch" },    { "read", "read" },
        { "view", "read" },       { "see", "read" },        { "show", "read" },      { "inspect", "read" },
        { "create", "create" },   { "make", "create" },     { "update", "update" },  { "patch", "patch" },
        { "edit", "edit" },       { "modify", "edit" },     { "change", "edit" },    { "write", "edit" },
        { "delete", "delete" },   { "remove", "delete" },   { "manage", "manage" },  { "administer", "manage" },
        { "control", "manage" },  { "restart", "restart" }, { "scale", "scale" },    { "access", "read" },
        { "describe", "read" },   { "tail", "read" },       { "deploy", "create" },  { "getting", "get" },
        { "listing", "list" },    { "watching", "watch" },  { "reading", "read" },   { "viewing", "read" },
        { "creating", "create" }, { "updating", "update" }, { "patching", "patch" }, { "editing", "edit" },
        { "deleting", "delete" }, { "managing", "manage" },
    };
    size_t end = 0, n = 0;
    for (size_t k = i; k < c->to && n + 20 < size; k++) {
        const struct token *t = &c->tokens->v[k];
        const char *value = NULL;
        for (size_t w = 0; w < OP_LEN(words) && !quoted(t); w++)
            if (strcmp(t->low, words[w][0]) == 0)
                value = words[w][1];
        if (value != NULL && end != 0 && strcmp(t->low, "access") == 0)
            break; /* "read access to …" */
        if (value != NULL) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "", value);
            end = k + 1;
        } else if (end == 0 || !(strcmp(t->low, "and") == 0 || strcmp(t->low, "or") == 0 || strcmp(t->low, "&") == 0)) {
            break;
        }
    }
    return end;
}
