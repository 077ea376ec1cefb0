namespace IoAsid.Typed.Sources.Tests;

/// <summary>The part of <c>docs/style.md</c> that a program can see.</summary>
public sealed class LanguageTests
{
    // The theories of this file contain the words that are not used.
    private const string TestsOfRules = "tests/IoAsid.Typed.Sources.Tests/LanguageRuleTests.cs";

    [Fact]
    public void Sources_use_the_words_of_the_standard() => AssertSources(WordRule.Violations);

    [Fact]
    public void Pages_use_the_words_of_the_standard() => Violations.AssertNone(TextFile.Pages.SelectMany(WordRule.Violations));

    [Fact]
    public void Summaries_begin_as_their_kind_of_member() => AssertSources(SummaryRule.Violations);

    [Fact]
    public void Test_names_are_short_and_begin_with_a_subject() => AssertSources(TestNameRule.Violations);

    [Fact]
    public void Variables_are_not_named_by_question_words() => AssertSources(VariableNameRule.Violations);

    [Fact]
    public void Files_mention_nothing_outside_of_the_repository() => Violations.AssertNone(TextFile.All.SelectMany(MentionRule.Violations));

    private static void AssertSources(Func<SourceFile, IEnumerable<string>> rule) =>
        Violations.AssertNone(SourceFile.All.Where(file => !file.IsMaterial && file.Path != TestsOfRules).SelectMany(rule));
}
