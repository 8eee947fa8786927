/* XML as far as a pom.xml needs it: each text with the path of elements that it is in. */
#ifndef OPSH_PROJECT_XML_H
#define OPSH_PROJECT_XML_H

/* path: "project/properties/java.version"; text: without blanks around it; line: from 1. Borrowed during the call. */
typedef void (*op_xml_text)(void *ctx, const char *path, const char *text, int line);

/* Attributes, comments, declarations and CDATA are skipped; entities stay as they are. What is not XML ends the
 * reading. */
void op_xml_read(const char *source, op_xml_text text, void *ctx);

#endif
