/* SPDX-License-Identifier: BSD-3-Clause */
/* Foreign text into markup: what each format must not see, and what is not text at all. */
#include "analyzer/out/escape.h"

#include <string.h>

#include "tests/lib/check_main.h"

#define GONE "\xef\xbf\xbd"

/* What a function writes for a text. */
static void expect(void (*escape)(FILE *, const char *), const char *text, const char *want)
{
    char *got = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&got, &size);
    escape(out, text);
    fclose(out);
    ck_assert_str_eq(got, want);
    free(got);
}

START_TEST(markup_is_text)
{
    expect(escape_xml, "a<b>&'\"\n", "a&#60;b&#62;&#38;&#39;&#34;\n");
    expect(escape_csv, "a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"");
    expect(escape_label, "a\\\"\nb", "a\\\\\\\"\\nb");
    expect(escape_markdown, "a|b *c* @d\n<e>", "a&#124;b &#42;c&#42; &#64;d &#60;e&#62;");
}
END_TEST

START_TEST(plain_text_stays)
{
    static const char text[] = "tcp.1kib-x ü € 😀";
    expect(escape_xml, text, text);
    expect(escape_label, text, text);
    expect(escape_markdown, text, text);
}
END_TEST

START_TEST(what_is_not_utf8_is_replaced)
{
    expect(escape_xml, "\x80", GONE);                            /* no lead byte */
    expect(escape_xml, "\xc3", GONE);                            /* cut short */
    expect(escape_xml, "\xc0\xaf", GONE GONE);                   /* overlong '/' */
    expect(escape_xml, "\xed\xa0\x80", GONE GONE GONE);          /* surrogate */
    expect(escape_xml, "\xf4\x90\x80\x80", GONE GONE GONE GONE); /* above U+10FFFF */
    expect(escape_xml, "\xef\xbf\xbe", GONE GONE GONE); /* U+FFFE, not a character of XML */
    expect(escape_xml, "\xff<\xe2\x82", GONE "&#60;" GONE GONE);
}
END_TEST

START_TEST(control_characters_are_replaced)
{
    expect(escape_xml, "\x1b[31m\x7f", GONE "[31m" GONE);
    expect(escape_label, "\t", GONE);
    expect(escape_markdown, "a\tb\rc", "a b" GONE "c");
}
END_TEST

START_TEST(a_buffer_ends_at_a_character)
{
    char buf[6];
    ck_assert_str_eq(escape_utf8(buf, sizeof buf, "abcd€"), "abcd");
    ck_assert_str_eq(escape_utf8(buf, sizeof buf, "ab€x"), "ab€");
    ck_assert_str_eq(escape_utf8(buf, sizeof buf, "a\x01\xff"), "a" GONE);
    ck_assert_str_eq(escape_utf8(buf, sizeof buf, ""), "");
}
END_TEST

CHECK_MAIN("analyzer/escape", markup_is_text, plain_text_stays, what_is_not_utf8_is_replaced,
           control_characters_are_replaced, a_buffer_ends_at_a_character)
