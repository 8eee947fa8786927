/* How the snapshot and the diagnoses read a cluster: an interface, so that the rooms up here
 * cannot run anything. The road implements it (run/reader.c): each read becomes a step, is
 * judged by the gate like any other, and runs only when it is a read. */
#ifndef OPSH_CLUSTER_READER_H
#define OPSH_CLUSTER_READER_H

#include "opsh/base/buf.h"
#include "opsh/base/strv.h"

enum op_reply_kind { OP_REPLY_OK, OP_REPLY_FORBIDDEN, OP_REPLY_MISSING, OP_REPLY_UNREACHABLE, OP_REPLY_FAILED };

struct op_reply {
    enum op_reply_kind kind;
    struct op_buf body; /* standard output */
    char why[240];      /* cleaned first line of the error, when not OK */
};

struct op_reader {
    void *self;
    /* Run these kubectl argument vectors at the same time (each without the context flags: the reader
     * adds them); replies[i] is owned by the caller. Returns false only when interrupted. */
    bool (*read)(void *self, const struct op_strv *argvs, size_t n, struct op_reply *replies);
};

void op_reply_free(struct op_reply *reply);

#endif
