/* The house itself: rooms see only the rooms above them, files stay readable, and what is poisoned is
 * absent. Read from the sources, so that a rule bent in the build files is noticed too. */
#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/base/strv.h"
#include "opsh/os/path.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

enum { MOST_LINES = 500 };

/* From the top of the house down. Each may include from itself and from those before it. */
static const char *const rooms[] = { "base", "data", "os", "net", "catalog", "cluster", "diagnose", "project", "plan", "gate", "run", "shell" };

static const char *const poisoned[] = { "system", "popen", "strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "gets" };

static void collect(const char *folder, struct op_strv *files)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        fail_msg("cannot open %s", folder);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        struct stat st;
        OP_AUTO_FREE char *path = op_asprintf("%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            collect(path, files);
        else if (op_str_ends(path, ".c") || op_str_ends(path, ".h"))
            op_strv_push(files, path);
    }
    (void)closedir(dir);
}

static void read_source(const char *path, struct op_buf *text)
{
    struct op_err err = OP_ERR_INIT;
    op_buf_trunc(text, 0);
    if (!op_file_read(path, (size_t)4 << 20, text, &err))
        fail_msg("%s", err.msg);
}

static const char *shown(const char *path) /* without the folder of this copy of the house */
{
    return path + strlen(OPSH_SOURCE_DIR) + 1;
}

static size_t room_number(const char *name, size_t n)
{
    for (size_t i = 0; i < OP_LEN(rooms); i++)
        if (strlen(rooms[i]) == n && memcmp(rooms[i], name, n) == 0)
            return i;
    return OP_LEN(rooms);
}

/* The first bent edge of a file in this room, or NULL: owned text of the include. */
static char *bent_edge(const char *source, size_t room)
{
    for (const char *at = source; (at = strstr(at, "#include \"")) != NULL;) {
        at += strlen("#include \"");
        OP_AUTO_FREE char *what = op_strndup(at, strcspn(at, "\"\n"));
        bool ours = op_str_starts(what, "opsh/");
        const char *name = what + (ours ? 5 : 0);
        size_t seen = room_number(name, strcspn(name, "/"));
        /* a file of the same room says neither its room nor a way out of it */
        if (strstr(what, "..") != NULL || (ours && (seen == OP_LEN(rooms) || seen > room)) || (!ours && seen != OP_LEN(rooms)))
            return op_steal(&what);
    }
    return NULL;
}

/* Comments, strings and character constants become spaces; line ends stay. */
static void keep_code(char *s)
{
    enum { CODE, BLOCK, LINE, QUOTED } in = CODE;
    for (char quote = 0; *s != '\0'; s++) {
        char c = *s, next = s[1];
        if (in == CODE && c == '/' && (next == '*' || next == '/')) {
            in = next == '*' ? BLOCK : LINE;
            *s++ = ' ';
        } else if (in == CODE && (c == '"' || c == '\'')) {
            in = QUOTED;
            quote = c;
        } else if (in == CODE) {
            continue;
        } else if (in == BLOCK && c == '*' && next == '/') {
            *s++ = ' ';
            in = CODE;
        } else if (in == QUOTED && c == '\\' && next != '\0') {
            *s++ = ' ';
        } else if ((in == LINE && c == '\n') || (in == QUOTED && c == quote)) {
            in = CODE;
        }
        if (*s != '\n')
            *s = ' ';
    }
}

/* A poisoned name that stands in this code as a word of its own, or NULL. */
static const char *poison_in(const char *code)
{
    for (size_t i = 0; i < OP_LEN(poisoned); i++)
        for (const char *at = code; (at = strstr(at, poisoned[i])) != NULL; at++) {
            char before = at == code ? ' ' : at[-1], after = at[strlen(poisoned[i])];
            if (!isalnum((unsigned char)before) && before != '_' && !isalnum((unsigned char)after) && after != '_')
                return poisoned[i];
        }
    return NULL;
}

static void rooms_include_only_from_above(void **state)
{
    (void)state;
    size_t seen = 0;
    static const char *const trees[] = { "src", "include/opsh" };
    for (size_t t = 0; t < OP_LEN(trees); t++)
        for (size_t room = 0; room < OP_LEN(rooms); room++) {
            OP_AUTO_FREE char *folder = op_asprintf(OPSH_SOURCE_DIR "/%s/%s", trees[t], rooms[room]);
            OP_AUTO_STRV files = OP_STRV_INIT;
            collect(folder, &files);
            for (size_t i = 0; i < files.n; i++, seen++) {
                OP_AUTO_BUF text = OP_BUF_INIT;
                read_source(files.v[i], &text);
                OP_AUTO_FREE char *edge = bent_edge(op_buf_str(&text), room);
                if (edge != NULL)
                    fail_msg("%s includes \"%s\"", shown(files.v[i]), edge);
            }
        }
    assert_true(seen > 50); /* it did look */
}

/* A room that is not in the list above would not be looked at. */
static void every_folder_is_a_room(void **state)
{
    (void)state;
    static const char *const trees[] = { OPSH_SOURCE_DIR "/src", OPSH_SOURCE_DIR "/include/opsh" };
    for (size_t t = 0; t < OP_LEN(trees); t++) {
        DIR *dir = opendir(trees[t]);
        assert_non_null(dir);
        for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir))
            if (e->d_name[0] != '.' && !op_str_ends(e->d_name, ".c") && room_number(e->d_name, strlen(e->d_name)) == OP_LEN(rooms))
                fail_msg("%s/%s is no room", trees[t], e->d_name);
        (void)closedir(dir);
    }
}

static void files_are_short_and_say_what_they_are(void **state)
{
    (void)state;
    OP_AUTO_STRV files = OP_STRV_INIT;
    OP_AUTO_BUF bad = OP_BUF_INIT;
    collect(OPSH_SOURCE_DIR "/src", &files);
    collect(OPSH_SOURCE_DIR "/include", &files);
    for (size_t i = 0; i < files.n; i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        read_source(files.v[i], &text);
        size_t lines = 0;
        for (size_t at = 0; at < text.len; at++)
            lines += text.data[at] == '\n';
        if (lines > MOST_LINES)
            op_buf_addf(&bad, "%s has %zu lines\n", shown(files.v[i]), lines);
        if (!op_str_starts(op_buf_str(&text), "/* "))
            op_buf_addf(&bad, "%s does not open with a comment\n", shown(files.v[i]));
    }
    if (bad.len != 0)
        fail_msg("%s", op_buf_str(&bad));
}

static void poisoned_calls_are_absent_and_poisoned(void **state)
{
    (void)state;
    OP_AUTO_STRV files = OP_STRV_INIT;
    OP_AUTO_BUF header = OP_BUF_INIT;
    collect(OPSH_SOURCE_DIR "/src", &files);
    collect(OPSH_SOURCE_DIR "/include", &files);
    collect(OPSH_SOURCE_DIR "/cmake", &files);
    for (size_t i = 0; i < files.n; i++) {
        OP_AUTO_BUF text = OP_BUF_INIT;
        read_source(files.v[i], &text);
        if (op_str_ends(files.v[i], "/poison.h") || text.len == 0)
            continue;
        keep_code(text.data);
        const char *found = poison_in(text.data);
        if (found != NULL)
            fail_msg("%s uses %s", shown(files.v[i]), found);
    }
    read_source(OPSH_SOURCE_DIR "/include/opsh/base/poison.h", &header);
    const char *pragma = strstr(op_buf_str(&header), "#pragma GCC poison ");
    assert_non_null(pragma);
    OP_AUTO_FREE char *list = op_asprintf(" %.*s ", (int)strcspn(pragma, "\n"), pragma);
    for (size_t i = 0; i < OP_LEN(poisoned); i++) {
        OP_AUTO_FREE char *word = op_asprintf(" %s ", poisoned[i]);
        if (strstr(list, word) == NULL)
            fail_msg("%s is not poisoned", poisoned[i]);
    }
    read_source(OPSH_SOURCE_DIR "/cmake/House.cmake", &header);
    assert_non_null(strstr(op_buf_str(&header), "-include ${PROJECT_SOURCE_DIR}/include/opsh/base/poison.h"));
}

/* The checks above see what they look for. */
static void the_inspector_has_eyes(void **state)
{
    (void)state;
    size_t gate = room_number("gate", 4);
    static const char *const bent[] = { "#include \"opsh/run/road.h\"\n", "#include \"opsh/kitchen/x.h\"\n", "#include \"../run/road_i.h\"\n",
                                        "#include \"run/road_i.h\"\n", "#include \"opsh/base/buf.h\"\n#include \"opsh/shell/shell.h\"\n" };
    for (size_t i = 0; i < OP_LEN(bent); i++) {
        OP_AUTO_FREE char *edge = bent_edge(bent[i], gate);
        assert_non_null(edge);
    }
    assert_null(bent_edge("#include \"opsh/gate/a.h\"\n#include \"opsh/plan/step.h\"\n#include \"lex.h\"\n#include <stdio.h>\n", gate));
    char code[] = "/* system( */ int file_system(void); // atoi\nchar *s = \"popen(\\\" strcpy\"; char q = '\"'; x = my_atoi(1);";
    keep_code(code);
    assert_null(poison_in(code));
    assert_non_null(strstr(code, "my_atoi"));
    char bad[] = "char q = '\"'; /* x */ n = atoi (s);";
    keep_code(bad);
    assert_string_equal(poison_in(bad), "atoi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rooms_include_only_from_above),
        cmocka_unit_test(every_folder_is_a_room),
        cmocka_unit_test(files_are_short_and_say_what_they_are),
        cmocka_unit_test(poisoned_calls_are_absent_and_poisoned),
        cmocka_unit_test(the_inspector_has_eyes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
