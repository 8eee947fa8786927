/* Owns how Java projects become images: Maven or Gradle make a jar that has all in it, a runtime without compiler runs
 * it. */
#include "docker.h"

#include "opsh/base/str.h"

/* Images exist for the versions that are kept up for long: the next of them runs what an earlier one does. */
static int kept_up(const struct op_project *p)
{
    static const int versions[] = { 8, 11, 17, 21, 25 };
    int64_t wanted = 21;
    if (!op_str_int(op_fact_value(p, "runtime"), 1, 99, &wanted))
        return 21;
    for (size_t i = 0; i < OP_LEN(versions); i++)
        if (versions[i] >= wanted)
            return versions[i];
    return 25;
}

static void maven(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *module = op_fact_value(p, "module");
    op_image_base(im, "maven:3.9-eclipse-temurin-%d", kept_up(p));
    op_vars_set(&im->vars, "modules", "%s", module != NULL ? "yes" : "");
    op_vars_set(&im->vars, "jar_folder", "%s%starget", module != NULL ? module : "", module != NULL ? "/" : "");
    if (module != NULL)
        op_strv_pushf(im->notes,
                      "pom.xml has modules: the image runs the jar of %s; change that folder in the Dockerfile if "
                      "another is the program",
                      module);
    if (op_project_fact(p, "one-jar") == NULL)
        op_strv_push(im->notes, "no plugin in pom.xml makes a jar that has all in it (spring-boot, shade): java -jar "
                                "runs only if nothing else is needed");
    if (op_project_fact(p, "war") != NULL)
        op_strv_push(im->notes, "pom.xml makes a war: java -jar runs it only if a plugin makes it executable");
}

static void gradle(struct op_image *im)
{
    const struct op_project *p = im->p;
    const char *task = op_fact_value(p, "build"), *name = op_fact_value(p, "app");
    const char *version = op_fact_value(p, "gradle");
    op_image_base(im, "gradle:%s-jdk%d", version != NULL ? version : kept_up(p) > 21 ? "9.1" : "8.14", kept_up(p));
    op_vars_set(&im->vars, "distribution", "%s", op_str_eq(task, "installDist") ? "yes" : "");
    op_vars_set(&im->vars, "task", "%s", task != NULL ? task : "jar");
    op_vars_set(&im->vars, "app", "%s", name != NULL ? name : p->name);
    op_vars_set(&im->vars, "build_says", "%s",
                op_str_eq(task, "bootJar") ? "Spring Boot makes one jar that has all in it"
                : task != NULL             ? "the plugin \"application\" makes a folder with a start script"
                                           : "a plain jar");
    if (task == NULL)
        op_strv_push(im->notes, "neither Spring Boot nor the plugin \"application\" was seen: java -jar runs only if "
                                "nothing else is needed");
    if (name == NULL && task != NULL)
        op_strv_push(im->notes, "no rootProject.name in settings.gradle: the name in the Dockerfile is the folder's");
}

void op_image_java(struct op_image *im)
{
    OP_AUTO_FREE char *run = op_asprintf("eclipse-temurin:%d-jre", kept_up(im->p));
    if (im->p->kind == OP_PROJECT_MAVEN)
        maven(im);
    else
        gradle(im);
    op_vars_set(&im->vars, "run_base", "%s", run);
    op_image_user(im, run, "appuser", NULL);
}
