package io.github.ghostwren

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import kotlin.test.Test
import kotlin.test.assertTrue

class ExampleTest {
    @Test
    fun `the quickstart runs without a key`() {
        val before = System.out
        val printed = ByteArrayOutputStream()
        System.setOut(PrintStream(printed))
        try {
            // A class without a package is not to be imported.
            val main = Class.forName("QuickstartKt").getMethod("main", Array<String>::class.java)
            main.invoke(null, arrayOf(SAMPLE.toString(), "why the build is slow again"))
        } finally {
            System.setOut(before)
        }
        val lines = printed.toString().lines()
        assertTrue(lines.any { it.endsWith(" tweets imported") }, "$lines")
        assertTrue(lines.any { it.startsWith("- ") && it.endsWith(" of 280]") }, "$lines")
    }
}
