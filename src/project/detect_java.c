/* Owns what pom.xml and build.gradle say: which Java, which frame, whether one jar has all in it, where it listens. */
#include "detect.h"

#include "opsh/base/buf.h"
#include "opsh/base/str.h"
#include "xml.h"

static void take_version(struct op_project *p, const char *value, const char *file, int line)
{
    int64_t version = 0;
    const char *number = op_str_starts(value, "1.") ? value + 2 : value; /* 1.8 */
    if (op_str_int(number, 8, 30, &version)) {
        OP_AUTO_FREE char *text = op_asprintf("%d", (int)version);
        (void)op_fact_once(p, "runtime", text, file, line);
    }
}

static void pom_item(void *ctx, const char *path, const char *text, int line)
{
    static const char *const versions[] = { "project/properties/maven.compiler.release",
                                            "project/properties/java.version",
                                            "project/properties/maven.compiler.target",
                                            "project/build/plugins/plugin/configuration/release",
                                            "project/properties/maven.compiler.source" };
    static const char *const one_jar[] = { "spring-boot-maven-plugin", "maven-shade-plugin", "maven-assembly-plugin",
                                           "quarkus-maven-plugin", "micronaut-maven-plugin" };
    struct op_project *p = ctx;
    for (size_t i = 0; i < OP_LEN(versions); i++)
        if (op_str_eq(path, versions[i]))
            take_version(p, text, "pom.xml", line);
    if (op_str_eq(path, "project/artifactId")) {
        OP_AUTO_FREE char *label = op_fact_label(text);
        (void)op_fact_once(p, "name", label, "pom.xml", line);
        (void)op_fact_once(p, "app", text, "pom.xml", line);
    } else if (op_str_starts(path, "project/modules/")) {
        (void)op_fact_add(p, "module", text, "pom.xml", line);
    } else if (op_str_eq(path, "project/packaging") && op_str_eq(text, "war")) {
        (void)op_fact_once(p, "war", "yes", "pom.xml", line);
    } else if (op_str_ends(path, "/plugin/artifactId")) {
        for (size_t i = 0; i < OP_LEN(one_jar); i++)
            if (op_str_eq(text, one_jar[i]))
                (void)op_fact_once(p, "one-jar", text, "pom.xml", line);
    }
    if (op_str_eq(path, "project/dependencies/dependency/artifactId") || op_str_eq(path, "project/parent/artifactId")) {
        if (op_str_starts(text, "spring-boot-starter"))
            (void)op_fact_once(p, "framework", "spring-boot", "pom.xml", line);
        if (op_str_eq(text, "spring-boot-starter-web") || op_str_eq(text, "spring-boot-starter-webflux") ||
            op_str_starts(text, "jetty-server") || op_str_starts(text, "javalin") ||
            op_str_starts(text, "undertow-core"))
            (void)op_fact_once(p, "web", text, "pom.xml", line);
        if (op_str_eq(text, "spring-boot-starter-actuator"))
            (void)op_fact_once(p, "health", "/actuator/health", "pom.xml", line);
    }
}

/* What stands in quotes behind word. */
static bool quoted_after(const char *text, const char *word, char **out, int *line)
{
    const char *at = strstr(text, word);
    if (at == NULL)
        return false;
    at += strlen(word) + strspn(at + strlen(word), " \t=(");
    if (*at != '"' && *at != '\'')
        return false;
    *out = op_strndup(at + 1, strcspn(at + 1, "\"'\n"));
    *line = op_tree_line(text, (size_t)(at - text));
    return true;
}

static void gradle_text(struct op_project *p, const char *file, const char *text)
{
    static const char *const versions[] = { "JavaLanguageVersion.of(", "jvmToolchain(", "JavaVersion.VERSION_",
                                            "sourceCompatibility = '", "sourceCompatibility = \"" };
    static const char *const application[] = { "id 'application'", "id(\"application\")", "\n    application\n",
                                               "apply plugin: 'application'", "\n  application\n" };
    for (size_t i = 0; i < OP_LEN(versions); i++) {
        const char *at = strstr(text, versions[i]);
        if (at == NULL)
            continue;
        const char *number = at + strlen(versions[i]);
        number += op_str_starts(number, "1_") || op_str_starts(number, "1.") ? 2 : 0;
        OP_AUTO_FREE char *version = op_strndup(number, strspn(number, "0123456789"));
        take_version(p, version, file, op_tree_line(text, (size_t)(at - text)));
    }
    if (strstr(text, "org.springframework.boot") != NULL) {
        (void)op_fact_once(p, "framework", "spring-boot", file, op_tree_line_of(text, "org.springframework.boot"));
        (void)op_fact_once(p, "build", "bootJar", file, op_tree_line_of(text, "org.springframework.boot"));
    }
    for (size_t i = 0; i < OP_LEN(application); i++)
        if (strstr(text, application[i]) != NULL)
            (void)op_fact_once(p, "build", "installDist", file,
                               op_tree_line_of(text, application[i]) + (application[i][0] == '\n'));
    static const char *const web[] = { "spring-boot-starter-web", "io.ktor:ktor-server", "io.javalin:javalin",
                                       "jetty-server" };
    for (size_t i = 0; i < OP_LEN(web); i++)
        if (strstr(text, web[i]) != NULL)
            (void)op_fact_once(p, "web", web[i], file, op_tree_line_of(text, web[i]));
    if (strstr(text, "spring-boot-starter-actuator") != NULL)
        (void)op_fact_once(p, "health", "/actuator/health", file,
                           op_tree_line_of(text, "spring-boot-starter-actuator"));
}

/* server.port in Spring's own files, or what a main class listens on. */
static bool look(void *ctx, struct op_project *p, const char *path, const char *text)
{
    static const char *const env[] = { "System.getenv(\"", "${", NULL }; /* ${NAME:default} in a Spring file */
    static const char *const code_env[] = { "System.getenv(\"", NULL };
    static const char *const listen[] = { "server.port=", "server.port: ", "InetSocketAddress(",
                                          ".start(",      "port = ",       NULL };
    static const char *const route[] = { "@GetMapping(\"", "createContext(\"", ".get(\"", "get(\"", NULL };
    bool code = op_str_ends(path, ".java") || op_str_ends(path, ".kt");
    const struct op_scan_words words = { .env = code ? code_env : env, .listen = listen, .route = code ? route : NULL };
    (void)ctx;
    if (code || strstr(path, "src/main/resources/application") != NULL)
        op_scan_text(p, &words, path, text);
    if (!code && strstr(path, "src/main/resources/application.y") != NULL) {
        const char *server = strstr(text, "server:"), *port = server != NULL ? strstr(server, "port:") : NULL;
        char number[8];
        (void)snprintf(number, sizeof(number), "%d", port != NULL ? op_scan_port(port + 5 + strspn(port + 5, " ")) : 0);
        if (port != NULL && !op_str_eq(number, "0"))
            (void)op_fact_once(p, "port", number, path, op_tree_line(text, (size_t)(port - text)));
    }
    return false;
}

static void finish(struct op_tree *t, struct op_project *p)
{
    op_scan(t, p, ".java|.kt|.properties|.yml|.yaml", look, NULL);
    (void)op_fact_once(p, "runtime", "21", NULL, 0);
    if (op_project_fact(p, "web") != NULL)
        (void)op_fact_once(p, "port", "8080", NULL, 0);
}

enum op_project_kind op_detect_java(struct op_tree *t, struct op_project *p)
{
    static const char *const builds[] = { "build.gradle.kts", "build.gradle" };
    static const char *const settings[] = { "settings.gradle.kts", "settings.gradle" };
    OP_AUTO_BUF text = OP_BUF_INIT;
    if (op_tree_read(t, "pom.xml", &text)) {
        op_xml_read(op_buf_str(&text), pom_item, p);
        finish(t, p);
        return OP_PROJECT_MAVEN;
    }
    bool gradle = false;
    for (size_t i = 0; i < OP_LEN(builds); i++)
        if (op_tree_read(t, builds[i], &text)) {
            gradle = true;
            (void)op_fact_once(p, "script", builds[i], builds[i], 0);
            gradle_text(p, builds[i], op_buf_str(&text));
        }
    for (size_t i = 0; i < OP_LEN(settings) && gradle; i++) {
        OP_AUTO_FREE char *name = NULL;
        int line = 0;
        if (op_tree_read(t, settings[i], &text) && quoted_after(op_buf_str(&text), "rootProject.name", &name, &line)) {
            OP_AUTO_FREE char *label = op_fact_label(name);
            (void)op_fact_once(p, "name", label, settings[i], line);
            (void)op_fact_once(p, "app", name, settings[i], line);
        }
    }
    if (!gradle)
        return OP_PROJECT_UNKNOWN;
    static const char wrapper[] = "gradle/wrapper/gradle-wrapper.properties";
    const char *at = op_tree_read(t, wrapper, &text) ? strstr(op_buf_str(&text), "/gradle-") : NULL;
    if (at != NULL) { /* "…/distributions/gradle-8.5-bin.zip" */
        const char *from = at + strlen("/gradle-");
        OP_AUTO_FREE char *version = op_strndup(from, strspn(from, "0123456789."));
        (void)op_fact_once(p, "gradle", version, wrapper,
                           op_tree_line(op_buf_str(&text), (size_t)(at - op_buf_str(&text))));
    }
    finish(t, p);
    return OP_PROJECT_GRADLE;
}
