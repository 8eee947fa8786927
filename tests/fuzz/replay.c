/* Runs a fuzz target on every file of its corpus, so that each test run replays what fuzzing
 * found. An empty or missing corpus is a failure: a test that cannot fail is a defect. */
#include "fuzz.h"

#include "opsh/os/path.h"

#include <dirent.h>

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (dir == NULL) {
        (void)fprintf(stderr, "replay: no corpus folder %s\n", argc == 2 ? argv[1] : "given");
        return 1;
    }
    unsigned n = 0;
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        struct op_err err = OP_ERR_INIT;
        OP_AUTO_BUF bytes = OP_BUF_INIT;
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", argv[1], e->d_name);
        if (!op_file_read(path, (size_t)8 << 20, &bytes, &err)) {
            (void)fprintf(stderr, "replay: %s\n", err.msg);
            return 1;
        }
        (void)LLVMFuzzerTestOneInput((const uint8_t *)op_buf_str(&bytes), bytes.len);
        n++;
    }
    closedir(dir);
    (void)printf("%u inputs replayed\n", n);
    return n != 0 ? 0 : 1;
}
