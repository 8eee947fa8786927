/* Replies of reads. */
#include "opsh/cluster/reader.h"

void op_reply_free(struct op_reply *reply)
{
    op_buf_free(&reply->body);
}
