/* What does this command line do? Decided from the argument vector alone, by the verb and flag
 * tables of the catalogue; who planned it does not matter. What is not in the tables is unknown,
 * and unknown asks. Pure.
 *
 * The tables (sections `flags:` and `verbs:` of each program's document):
 *
 *   flags:
 *     known: [n/namespace=, dry-run?, h/help]   what every command of the program understands. Names are
 *                                 separated by "/" (one letter: -n; the last name is the one that rules
 *                                 use); "=" takes a value, "?" may take one (--x=value only), else a switch
 *     groups: {print: [o/output=, …]}           lists that verbs share by name
 *     roles: {namespace: …, all_namespaces: …, context: …}   which flags these are
 *     traverse: true              each level reads its own flags only (docker), not the last verb's (cobra)
 *     rules: […]                  for every command of the program
 *   verbs:
 *     rollout: {group: true}      needs a subverb: alone it shows help, an unknown one is unknown
 *     rollout restart:
 *       risk: change              read, change, destroy, refused
 *       why: …                    one line for the person
 *       proof: rollout            how to see that it came true
 *       object: kinds             what the words are: kinds (TYPE NAME…, TYPE/NAME…), created (TYPE NAME), or
 *                                 what the first word names: pod, node, release, container, …
 *       unnamed: generate-name    with this flag the first word is no name
 *       pairs: true               words with "=" or a trailing "-" are settings, not names
 *       stops: true               what follows the first word belongs to another program (docker run)
 *       interactive: true         wants the terminal
 *       nested: kubectl           the rest is a command line of that program
 *       dry: [client, server]     values of --dry-run with which it is a read ("" when it needs none)
 *       use: [print], flags: […]  besides the program's own
 *       lower: [{to: read, …}]    when it does less; the first that matches counts
 *       rules: [{risk: destroy, …}]  when it does more
 *     ls: {same: list}            another name of a verb
 *     "": {closed: true, …}       a verb that has no row is refused, not unknown
 *
 * A rule's conditions (all must hold):
 *   flag                 any of these is given, and not =false (global: true: as the program's own flag, not as
 *                        one of the verb that has the same name)
 *   value, not_value     patterns of that flag's value; for `lower` every value must match
 *   with, not_flag       any, none of these flags is given too
 *   kind                 patterns of the kinds that the words name
 *   arg, not_arg         patterns of any word
 *   input, input_kind    patterns of all of standard input, of the kinds that it holds
 *   single: true         exactly one object is named
 * Patterns are written in lower case. Its effects: risk (at least), why, unseen: true (nobody can know what it
 * does: unknown), interactive: true, secrets: true (may print secret values), guard: ask | refuse (only a person
 * may choose this), always: true (a verb's rule that counts in a dry run too; the program's own always do). */
#ifndef OPSH_GATE_CLASSIFY_H
#define OPSH_GATE_CLASSIFY_H

#include "opsh/catalog/catalog.h"
#include "opsh/plan/step.h"

enum op_guard { /* what a planner may not choose instead of the person */
    OP_GUARD_NONE,
    OP_GUARD_ASK,   /* --as, --context */
    OP_GUARD_REFUSE /* --server, --token, --post-renderer */
};

struct op_verdict {
    enum op_risk risk;
    bool known;        /* false: not in the tables; risk is then at least CHANGE */
    bool interactive;  /* wants the terminal: edit, exec -it, logs -f, port-forward */
    char why[200];     /* one line: why this class */
    char proof[16];    /* how to see that it came true: "rollout", "applied", "gone", "release", "cluster", "file", or "" */
    /* What the command line says it is about ("" where it says nothing): */
    char verb[48];     /* "rollout restart" */
    char ns[254], context[254];
    char kind[64], name[254]; /* first object; kind as written */
    bool all_namespaces;
    bool secrets;        /* its output may hold secret values */
    enum op_guard guard; /* the strictest among its flags */
    char guarded[48];    /* that flag: "--server" */
    char foreign[80];    /* said by the road, not by the tables: a word of it that only tool output holds (foreign.h); "" */
    bool agreed;         /* said by the road: part of a plan that the person has seen and agreed to in this turn */
    char undo[200];      /* said by the road, not by the tables: "undo: …" or "cannot be undone: …"; "" of a read */
};

void op_gate_classify(const struct op_catalog *cat, const struct op_strv *argv, const char *input,
                      struct op_verdict *v);

/* Are the tables of every document sound? Errors: OP_CONFIG with file:line:column. To be called once after
 * op_catalog_load; classify itself treats what it cannot read in a table as refused. */
bool op_gate_check(const struct op_catalog *cat, struct op_err *err) OP_CHECKED;

#endif
