/* What opsh sees in a folder: for each kind of project the facts and the lines that decided them, and what a folder
 * that means harm cannot make it believe. */
#include "opsh/project/project.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "opsh/os/path.h"
#include "project/toml.h"
#include "project/xml.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char projects[] = OPSH_SOURCE_DIR "/tests/fixtures/projects", todo[] = OPSH_SOURCE_DIR "/examples/todo";

struct expected {
    const char *name, *value, *file; /* value NULL: there must be no such fact; file NULL: a default */
    int line;
};

static void read_folder(const char *folder, struct op_project *p)
{
    struct op_err err = OP_ERR_INIT;
    if (!op_project_read(folder, p, &err))
        fail_msg("%s", err.msg);
}

static bool matches(const struct op_project *p, const struct expected *e)
{
    bool named = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct op_fact *f = &p->facts[i];
        named = named || op_str_eq(f->name, e->name);
        if (e->value != NULL && op_str_eq(f->name, e->name) && op_str_eq(f->value, e->value) &&
            op_str_eq(f->file, e->file) && f->line == e->line)
            return true;
    }
    return e->value == NULL && !named;
}

static void see(const char *folder, enum op_project_kind kind, const char *name, const struct expected *facts)
{
    struct op_project p;
    read_folder(folder, &p);
    if (p.kind != kind)
        fail_msg("%s is %s", folder, op_project_kind_name(p.kind));
    assert_string_equal(p.name, name);
    assert_string_equal(p.folder, folder);
    for (; facts->name != NULL; facts++) {
        if (matches(&p, facts))
            continue;
        const struct op_fact *f = op_project_fact(&p, facts->name);
        fail_msg("%s: %s is not %s (%s:%d) but %s (%s:%d)", folder, facts->name, facts->value, facts->file, facts->line,
                 f != NULL ? f->value : "absent", f != NULL && f->file != NULL ? f->file : "no file",
                 f != NULL ? f->line : 0);
    }
    op_project_free(&p);
}

static void see_fixture(const char *fixture, enum op_project_kind kind, const char *name, const struct expected *facts)
{
    OP_AUTO_FREE char *folder = op_asprintf("%s/%s", projects, fixture);
    see(folder, kind, name, facts);
}

static void the_todo_example(void **state)
{
    (void)state;
    OP_AUTO_FREE char *frontend = op_asprintf("%s/frontend", todo), *backend = op_asprintf("%s/backend", todo);
    see(frontend, OP_PROJECT_NEXTJS, "todo-frontend",
        (const struct expected[]){ { "runtime", "20", "package.json", 8 },
                                   { "lock", "package-lock.json", "package-lock.json", 0 },
                                   { "manager", "npm", "package-lock.json", 0 },
                                   { "build", "build", "package.json", 12 },
                                   { "config", "next.config.ts", "next.config.ts", 0 },
                                   { "output", NULL, NULL, 0 },
                                   { "public-env", "NEXT_PUBLIC_API_URL", "app/board.tsx", 10 },
                                   { "env", "BACKEND_URL", "lib/proxy.ts", 10 },
                                   { "public", "public", "public", 0 },
                                   { "port", "3000", NULL, 0 },
                                   { NULL, NULL, NULL, 0 } });
    see(backend, OP_PROJECT_FASTAPI, "todo-backend",
        (const struct expected[]){ { "app", "src.main:app", "src/main.py", 32 },
                                   { "path", NULL, NULL, 0 },
                                   { "health", "/health", "src/main.py", 109 },
                                   { "runtime", "3.12", "pyproject.toml", 6 },
                                   { "server", "uvicorn", "pyproject.toml", 9 },
                                   { "native", NULL, NULL, 0 },
                                   { "env", "DATABASE_URL", "src/settings.py", 21 },
                                   { "env", "OPENAI_API_KEY", "src/settings.py", 24 },
                                   { "port", "8000", NULL, 0 },
                                   { NULL, NULL, NULL, 0 } });
}

static void node_projects(void **state)
{
    (void)state;
    see_fixture("node-express", OP_PROJECT_NODE, "greeter",
                (const struct expected[]){ { "runtime", "22", "package.json", 6 },
                                           { "framework", "express", "package.json", 13 },
                                           { "start-1", "src/server.js", "package.json", 9 },
                                           { "port", "4000", "src/server.js", 9 },
                                           { "health", "/healthz", "src/server.js", 7 },
                                           { "env", "GREETING", "src/server.js", 4 },
                                           { "build", NULL, NULL, 0 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("node-ts", OP_PROJECT_NODE, "mailer",
                (const struct expected[]){ { "manager", "yarn", "yarn.lock", 0 },
                                           { "runtime", "18", ".nvmrc", 1 },
                                           { "build", "build", "package.json", 6 },
                                           { "start-2", "dist/main.js", "package.json", 8 },
                                           { "health", "/ping", "src/main.ts", 4 },
                                           { "port", "5050", "src/main.ts", 5 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("node-vite", OP_PROJECT_NODE, "clock",
                (const struct expected[]){ { "output", "dist", "package.json", 11 },
                                           { "public-env", "VITE_ZONE", "src/main.js", 1 },
                                           { "port", "8080", NULL, 0 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("next-pnpm", OP_PROJECT_NEXTJS, "shop-window",
                (const struct expected[]){ { "manager", "pnpm", "pnpm-lock.yaml", 0 },
                                           { "runtime", "22", "package.json", 5 },
                                           { "output", "standalone", "next.config.mjs", 4 },
                                           { "public", NULL, NULL, 0 },
                                           { "public-env", "NEXT_PUBLIC_SHOP", "app/page.tsx", 2 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("next-export", OP_PROJECT_NEXTJS, "brochure",
                (const struct expected[]){
                    { "output", "out", "next.config.js", 1 }, { "lock", NULL, NULL, 0 }, { NULL, NULL, NULL, 0 } });
}

static void python_projects(void **state)
{
    (void)state;
    see_fixture("python-flask", OP_PROJECT_PYTHON, "python-flask",
                (const struct expected[]){ { "framework", "flask", "app.py", 7 },
                                           { "app", "app:app", "app.py", 7 },
                                           { "requirements", "requirements.txt", "requirements.txt", 0 },
                                           { "manifest", "requirements-server.txt", "requirements-server.txt", 0 },
                                           { "server", "gunicorn", "requirements-server.txt", 1 },
                                           { "port", "5000", NULL, 0 },
                                           { "health", "/health", "app.py", 15 },
                                           { "env", "GREETING_LANGUAGE", "app.py", 12 },
                                           { NULL, NULL, NULL, 0 } });
    /* app/main.py imports its neighbour by its bare name: it is run from app/; and 3.12 is more than it allows */
    see_fixture("python-psycopg", OP_PROJECT_FASTAPI, "ledger",
                (const struct expected[]){ { "app", "main:api", "app/main.py", 8 },
                                           { "path", "app", "app/main.py", 8 },
                                           { "runtime", "3.11", "pyproject.toml", 4 },
                                           { "native", "psycopg2", "pyproject.toml", 5 },
                                           { "health", "/healthz", "app/main.py", 11 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("python-uv", OP_PROJECT_FASTAPI, "shop",
                (const struct expected[]){ { "app", "shop.main:app", "src/shop/main.py", 3 },
                                           { "path", "src", "src/shop/main.py", 3 },
                                           { "manager", "uv", "uv.lock", 0 },
                                           { "runtime", "3.13", "pyproject.toml", 4 },
                                           { "fastapi-cli", "yes", "pyproject.toml", 6 },
                                           { "health", NULL, NULL, 0 },
                                           { NULL, NULL, NULL, 0 } });
}

static void compiled_projects(void **state)
{
    (void)state;
    see_fixture("go-http", OP_PROJECT_GO, "hello",
                (const struct expected[]){ { "runtime", "1.22", "go.mod", 3 },
                                           { "package", "./cmd/hello", "cmd/hello/main.go", 11 },
                                           { "port", "9090", "cmd/hello/main.go", 18 },
                                           { "health", "/healthz", "cmd/hello/main.go", 17 },
                                           { "env", "GREETING", "cmd/hello/main.go", 12 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("go-worker", OP_PROJECT_GO, "worker",
                (const struct expected[]){ { "runtime", "1.23", "go.mod", 4 },
                                           { "package", ".", "main.go", 8 },
                                           { "port", NULL, NULL, 0 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("rust-axum", OP_PROJECT_RUST, "counter",
                (const struct expected[]){ { "app", "counter", "Cargo.toml", 2 },
                                           { "framework", "axum", "Cargo.toml", 7 },
                                           { "crate", "openssl", "Cargo.toml", 9 },
                                           { "port", "3030", "src/main.rs", 6 },
                                           { "health", "/health", "src/main.rs", 5 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("maven-spring", OP_PROJECT_MAVEN, "orders",
                (const struct expected[]){ { "runtime", "17", "pom.xml", 14 },
                                           { "health", "/actuator/health", "pom.xml", 23 },
                                           { "port", "8085", "src/main/resources/application.yml", 5 },
                                           { "env", "DATABASE_URL", "src/main/resources/application.yml", 3 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("gradle-app", OP_PROJECT_GRADLE, "ticker",
                (const struct expected[]){ { "runtime", "17", "build.gradle.kts", 7 },
                                           { "build", "installDist", "build.gradle.kts", 2 },
                                           { "app", "ticker", "settings.gradle.kts", 1 },
                                           { "port", "7070", "src/main/java/demo/Main.java", 8 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("cmake-http", OP_PROJECT_CMAKE, "echo-server",
                (const struct expected[]){ { "app", "echod", "CMakeLists.txt", 6 },
                                           { "library", "zlib1g-dev", "CMakeLists.txt", 5 },
                                           { "port", "9000", "main.c", 10 },
                                           { NULL, NULL, NULL, 0 } });
    see_fixture("static-site", OP_PROJECT_STATIC, "static-site",
                (const struct expected[]){ { "page", "index.html", "index.html", 0 },
                                           { "pattern", "*.html", "index.html", 0 },
                                           { "copy", "css", "css/site.css", 0 },
                                           { NULL, NULL, NULL, 0 } });
}

/* --- folders made here --- */

static char scratch[] = "/tmp/opsh-project-XXXXXX";

static int make_scratch(void **state)
{
    (void)state;
    return mkdtemp(scratch) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int remove_scratch(void **state)
{
    (void)state;
    return nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *folder, const char *path, const char *text)
{
    struct op_err err = OP_ERR_INIT;
    OP_AUTO_FREE char *full = op_asprintf("%s/%s/%s", scratch, folder, path);
    if (!op_file_write_private(full, text, strlen(text), &err))
        fail_msg("%s", err.msg);
}

static void read_scratch(const char *folder, struct op_project *p)
{
    OP_AUTO_FREE char *full = op_asprintf("%s/%s", scratch, folder);
    read_folder(full, p);
}

static void nothing_known(void **state)
{
    (void)state;
    struct op_project p;
    struct op_err err = OP_ERR_INIT;
    put("nothing", "notes.txt", "milk");
    read_scratch("nothing", &p);
    assert_int_equal(p.kind, OP_PROJECT_UNKNOWN);
    assert_string_equal(p.name, "nothing");
    op_project_free(&p);
    put("tools-only", "package.json", "{\"devDependencies\": {\"prettier\": \"3\"}}"); /* no program of Node's: */
    put("tools-only", "go.mod", "module example.com/it\n\ngo 1.22\n");
    read_scratch("tools-only", &p);
    assert_int_equal(p.kind, OP_PROJECT_GO);
    assert_null(op_project_fact(&p, "manager"));
    op_project_free(&p);
    assert_false(op_project_read("/nowhere/at/all", &p, &err));
    assert_int_equal(err.code, OP_IO);
    OP_AUTO_FREE char *file = op_asprintf("%s/nothing/notes.txt", scratch);
    assert_false(op_project_read(file, &p, &err));
    assert_int_equal(err.code, OP_IO);
}

/* What a file says must not become an instruction: a line end, a quote, a dollar or a blank ends a fact before it is
 * one. */
static void hostile_words(void **state)
{
    (void)state;
    struct op_project p;
    put("hostile", "package.json",
        "{\"name\": \"x\\nRUN id\", \"packageManager\": \"npm$(id)\", \"engines\": {\"node\": \"20\\nRUN id\"},\n"
        " \"main\": \"server.js\\\" ]\\nRUN id\", \"scripts\": {\"start\": \"node server.js; id\", \"build\": "
        "\"$(id)\"},\n"
        " \"dependencies\": {\"express\": \"5\\nRUN id\"}}");
    put("hostile", "server.js",
        "process.env.A_NAME\nprocess.env.B$(id)\napp.listen(99999); app.get('/health\\nRUN', 0)");
    put("hostile", "src/a\nRUN id.js", "process.env.LINE_END");
    put("hostile", "src/$(id).js", "process.env.DOLLAR");
    put("hostile", "src/quo\"te.js", "process.env.QUOTE");
    read_scratch("hostile", &p);
    assert_int_equal(p.kind, OP_PROJECT_NODE);
    assert_string_equal(p.name, "x-run-id");
    for (size_t i = 0; i < p.n; i++) {
        const struct op_fact *f = &p.facts[i];
        if (strpbrk(f->value, "\n\r\"'$`\\;&|<>( ") != NULL ||
            (f->file != NULL && strpbrk(f->file, "\n\r\"'$`\\;|<>") != NULL))
            fail_msg("%s = %s (%s)", f->name, f->value, f->file);
        assert_false(op_str_eq(f->name, "env") && !op_str_eq(f->value, "A_NAME") && !op_str_eq(f->value, "B"));
        assert_false(op_str_eq(f->name, "port") && !op_str_eq(f->value, "3000"));
        assert_string_not_equal(f->name, "health");
    }
    op_project_free(&p);
}

static void links_and_pipes(void **state)
{
    (void)state;
    struct op_project p;
    put("links", "index.html", "<p>here</p>");
    put("outside", "package.json", "{\"name\": \"outside\", \"dependencies\": {\"next\": \"16\"}}");
    put("outside", "deep/server.js", "process.env.OUTSIDE");
    put("links", "needs/base.txt", "flask\n");
    OP_AUTO_FREE char *package = op_asprintf("%s/links/package.json", scratch),
                      *folder = op_asprintf("%s/links/lib", scratch), *there = op_asprintf("%s/outside/deep", scratch),
                      *pipe = op_asprintf("%s/links/go.mod", scratch),
                      *inside = op_asprintf("%s/links/requirements.txt", scratch);
    assert_int_equal(symlink("../outside/package.json", package), 0);
    assert_int_equal(symlink(there, folder), 0);
    assert_int_equal(mkfifo(pipe, 0600), 0); /* reading it would wait for ever */
    read_scratch("links", &p);
    assert_int_equal(p.kind, OP_PROJECT_STATIC);
    assert_false(matches(&p, &(struct expected){ "copy", "lib", "lib/server.js", 0 }));
    op_project_free(&p);
    assert_int_equal(symlink("needs/base.txt", inside), 0); /* one that stays is as good as a file */
    read_scratch("links", &p);
    assert_int_equal(p.kind, OP_PROJECT_PYTHON);
    op_project_free(&p);
}

static void large_folders(void **state)
{
    (void)state;
    struct op_project p;
    OP_AUTO_BUF big = OP_BUF_INIT, deep = OP_BUF_INIT;
    while (big.len < (size_t)300 << 10)
        op_buf_adds(&big, "// nothing to see in this line of a source\n");
    op_buf_adds(&big, "process.env.BEHIND_THE_LIMIT\n");
    put("large", "package.json", "{\"scripts\": {\"start\": \"node a.js\"}, \"dependencies\": {\"express\": \"5\"}}");
    put("large", "a.js", op_buf_str(&big));
    for (int i = 0; i < 12; i++)
        op_buf_adds(&deep, "d/");
    op_buf_adds(&deep, "z.js");
    put("large", op_buf_str(&deep), "process.env.TOO_DEEP");
    for (int i = 0; i < 500; i++) {
        OP_AUTO_FREE char *path = op_asprintf("many/f%03d.js", i);
        OP_AUTO_FREE char *text = op_asprintf("process.env.FILE_%03d", i);
        put("large", path, text);
    }
    read_scratch("large", &p);
    assert_int_equal(p.kind, OP_PROJECT_NODE);
    assert_true(p.n <= 300);
    for (size_t i = 0; i < p.n; i++)
        assert_true(!op_str_eq(p.facts[i].value, "BEHIND_THE_LIMIT") && !op_str_eq(p.facts[i].value, "TOO_DEEP") &&
                    !op_str_eq(p.facts[i].value, "FILE_499"));
    op_project_free(&p);
}

struct heard {
    struct op_buf text;
};

static void hear(void *ctx, const char *table, const char *key, const char *value, int line)
{
    op_buf_addf(&((struct heard *)ctx)->text, "%d [%s] %s=%s\n", line, table, key, value);
}

static void toml(void **state)
{
    (void)state;
    struct heard h = { .text = OP_BUF_INIT };
    op_toml_read("# a remark\ntop = 'a # b'\n[project] # x\nname = \"a\\\"b\"\ndependencies = [ # two\n  \"one>=1\",\n "
                 " 'two',\n]\n"
                 "table.key = { version = \"1\", extras = [\"x\", \"y\"] }\nlong = \"\"\"\nfirst\nsecond\"\"\"\nflag = "
                 "true\nbroken = \"x\n= nothing\n"
                 "[[bin]]\nname = \"last\"\n",
                 hear, &h);
    assert_string_equal(
        op_buf_str(&h.text),
        "2 [] top=a # b\n4 [project] name=a\"b\n6 [project] dependencies=one>=1\n7 [project] dependencies=two\n"
        "9 [project] table.key.version=1\n9 [project] table.key.extras=x\n9 [project] table.key.extras=y\n"
        "10 [project] long=\nfirst\nsecond\n13 [project] flag=true\n17 [bin] name=last\n");
    op_buf_free(&h.text);
    OP_AUTO_BUF nested = OP_BUF_INIT;
    op_buf_adds(&nested, "a = ");
    for (int i = 0; i < 100000; i++)
        op_buf_addc(&nested, '[');
    op_toml_read(op_buf_str(&nested), hear, &h); /* neither deep recursion nor a long wait */
    op_buf_free(&h.text);
}

static void hear_xml(void *ctx, const char *path, const char *text, int line)
{
    op_buf_addf(&((struct heard *)ctx)->text, "%d %s=%s\n", line, path, text);
}

static void xml(void **state)
{
    (void)state;
    struct heard h = { .text = OP_BUF_INIT };
    op_xml_read("<?xml version=\"1.0\"?>\n<!-- <a>no</a> --><a x=\"1\">\n  <b> one </b><c/>\n  <b>two</b>\n</a>",
                hear_xml, &h);
    assert_string_equal(op_buf_str(&h.text), "3 a/b=one\n4 a/b=two\n");
    op_buf_free(&h.text);
    op_xml_read("</a></b><c>", hear_xml, &h);
    op_xml_read("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">", hear_xml, &h);
    op_xml_read("<a><!-- never ends", hear_xml, &h);
    op_buf_free(&h.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_todo_example),
        cmocka_unit_test(node_projects),
        cmocka_unit_test(python_projects),
        cmocka_unit_test(compiled_projects),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(hostile_words),
        cmocka_unit_test(links_and_pipes),
        cmocka_unit_test(large_folders),
        cmocka_unit_test(toml),
        cmocka_unit_test(xml),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
