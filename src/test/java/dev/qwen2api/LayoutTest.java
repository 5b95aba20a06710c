package dev.qwen2api;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of who may import whom, held against the code. {@code docs/design.md} says what each room is for. */
class LayoutTest {

    private static final String ROOT = "dev.qwen2api";
    private static final String ROOMS =
            "failure|config|account|chat|toolcall|api|upstream|media|store|metrics|http|ops";
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** A room, and the rooms it may know, separated by spaces. */
    @ParameterizedTest(name = "{0} knows only: {1}")
    @CsvSource({
        "failure,    ''",
        "config,     ''",
        "account,    failure config",
        "chat,       account failure config",
        "toolcall,   chat failure",
        "upstream,   chat account toolcall failure config",
        "media,      chat failure config",
        "api,        chat toolcall failure",
        "store,      upstream chat account failure",
        "metrics,    account failure",
        "http,       config failure account chat toolcall api metrics ops",
        "ops,        config account failure",
    })
    void a_room_imports_only_what_the_table_allows(String room, String allowed) {
        String[] known = Stream.concat(Stream.of(room), Stream.of(allowed.split(" ")))
                .filter(name -> !name.isEmpty())
                .map(name -> ROOT + "." + name + "..")
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "." + room + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..").and(DescribedPredicate.not(resideInAnyPackage(known)))));
    }

    /** A library, and the only rooms that may know it. */
    @ParameterizedTest(name = "{0} is known only in {1}")
    @CsvSource({
        "java.net.http..,         upstream",
        "java.sql..,              store",
        "org.sqlite..,            store",
        "io.javalin..,            http",
        "jakarta..,               http",
        "org.eclipse.jetty..,     http",
        "io.github.cdimascio..,   config",
        "io.methvin..,            config",
        "org.slf4j.simple..,      ops",
    })
    void a_library_is_known_in_few_rooms(String library, String rooms) {
        String[] knowing = Stream.of(rooms.split(" "))
                .map(room -> ROOT + "." + room + "..")
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideOutsideOfPackages(knowing)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library));
    }

    @Test
    void rooms_do_not_know_each_other_in_a_circle() {
        check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
    }

    @Test
    void only_main_and_its_neighbours_of_operation_speak_to_the_console() {
        check(noClasses()
                .that(DescribedPredicate.not(isMain()))
                .and()
                .resideOutsideOfPackage(ROOT + ".ops..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    @Test
    void nothing_static_can_change() {
        check(noFields().that().areStatic().should().notBeFinal());
    }

    @Test
    void every_room_is_in_the_table_and_only_the_wiring_lives_at_the_root() {
        List<String> strangers = OURS.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .map(type -> type.getName().substring(ROOT.length() + 1))
                .filter(name -> !name.matches(
                        "(Launcher|Main|Commands|Gateway|SettingsMapping|SettingsReload|Telemetry|DoctorWiring)(\\$.*)?|("
                                + ROOMS + ")\\..*"))
                .toList();
        assertEquals(List.of(), strangers);
    }

    @Test
    void every_room_is_null_marked() {
        List<String> unmarked = OURS.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> !OURS.contain(name + ".package-info")
                        || !OURS.get(name + ".package-info").isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                .toList();
        assertEquals(List.of(), unmarked);
    }

    @Test
    void no_class_is_named_for_having_no_reason() {
        check(classes().should().haveNameNotMatching(".*(Utils?|Helper|Manager|Impl|Common)(\\$.*)?"));
    }

    private static DescribedPredicate<JavaClass> isMain() {
        return DescribedPredicate.describe(
                "the wiring",
                type -> type.getName()
                        .matches(
                                "dev\\.qwen2api\\.(Launcher|Main|Commands|Gateway|SettingsMapping|SettingsReload|Telemetry|DoctorWiring)(\\$.*)?"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(OURS);
    }
}
