namespace IoAsid.Typed.Sources.Tests;

/// <summary>The rules of language find their violations, and report no correct text.</summary>
public sealed class LanguageRuleTests
{
    public static TheoryData<string> UnusedWords => [.. WordRule.Words];

    [Theory]
    [MemberData(nameof(UnusedWords))]
    public void Each_unused_word_is_found(string word)
    {
        string upper = char.ToUpperInvariant(word[0]) + word[1..];
        Assert.Equal(4, WordRule.Violations(SourceFile.Parse("src/A/B.cs", $$"""
            // A comment with {{word}}
            class B
            {
                /// <summary>{{upper}}
                string F = "a {{word}}" + $"{1} {{word}}";
            }
            """)).Count());
        Assert.Equal(2, WordRule.Violations(new TextFile("docs/a.md", $"{upper} two\nlines {word.Replace(' ', '\n')}\n")).Count());
    }

    [Theory]
    [InlineData("// The caller, in two\n// lines, for\n// ever.", 1)]
    [InlineData("F(); // A hold for\nG(); // ever.", 0)]
    [InlineData("int somebody = nobody;", 0)]
    [InlineData("// The end of it.", 1)]
    [InlineData("// The end of it all.", 0)]
    [InlineData("// The name of it.Name, and somebodyElse.", 0)]
    [InlineData("/* For ever. */", 1)]
    [InlineData("F(\"nobody\"u8);", 1)]
    [InlineData("F(\"\"\"for ever\"\"\", @\"any more\");", 2)]
    public void Words_of_sources(string statements, int violations) =>
        Assert.Equal(violations, WordRule.Violations(SourceFile.Parse("src/A/B.cs", $"class B\n{{\n    void F()\n    {{\n{statements}\n    }}\n}}")).Count());

    [Theory]
    [InlineData("[Fact] public void Nobody_waits() { }", 1)]
    [InlineData("[Theory] public void The_set_is_told_of_ids() { }", 1)]
    [InlineData("public void Nobody_waits() { }", 0)]
    public void Words_of_test_names(string method, int violations) =>
        Assert.Equal(violations, WordRule.Violations(SourceFile.Parse("tests/A/B.cs", $"class B {{ {method} }}")).Count());

    [Theory]
    [InlineData("Nobody waits, and `nobody` is code.", 1)]
    [InlineData("```text\nnobody waits\n```", 1)]
    [InlineData("The [page](../nobody/page.md) of nobody.", 1)]
    [InlineData("All is well.", 0)]
    public void Words_of_pages(string page, int violations) => Assert.Equal(violations, WordRule.Violations(new TextFile("docs/a.md", page)).Count());

    [Fact]
    public void Word_table_gives_each_word_a_replacement()
    {
        Assert.Equal(
            [("a", "b"), ("c d", "b"), ("e", "f, g")],
            WordRule.Parse("# Page\n\n| `x` | y |\n\n## Words that are not used\n\n| not used | instead |\n|---|---|\n| `a`, `c d` | b |\n| `e` | f, g |\n\n## Next\n\n| `z` | y |\n"));
        Assert.True(WordRule.Words.Count() > 40);
    }

    [Theory]
    [InlineData("class B;", "A set of ids.", "Holds, references and bindings.", "What a set has.", "Says the name.", "It is a set.")]
    [InlineData("delegate void B();", "An action.", "The action of a caller.", "What is called.")]
    [InlineData("class C { C() { } }", "Creates a set.", "Initializes a set.", "A new set.")]
    [InlineData("class C { void M() { } }", "Allocates an id.", "Throws", "Allocate an id.", "Has the device reset.", "Is live.", "The id.", "Whether it is.")]
    [InlineData("class C { bool IsLive() => true; }", "Returns true if the id is live.", "Returns <see langword=\"true\"/> if the id is live.", "Returns whether the id is live.", "Whether it is.")]
    [InlineData("class C { bool Cancel() => true; }", "Cancels the wait.", "Returns true if it is cancelled.", "Whether it is.")]
    [InlineData("class C { bool TryHold() => true; }", "Tries to hold the id.", "Tries to <c>hold</c>.", "Holds the id.", "Returns true if it holds.")]
    [InlineData("class C { Task<bool> TryHoldAsync() => null; }", "Tries to hold the id.", "Tries to hold it.", "Holds the id.")]
    [InlineData("class C { object TryParse() => null; }", "Parses a text.", "Tries a parse.", "A parsed text.")]
    [InlineData("class C { int Count { get; } }", "The number of ids.", "Ids in use.", "How many ids there are.", "Gets the number.", "Is the number.", "Whether it is.", "What it is.")]
    [InlineData("class C { bool IsLive { get; } }", "Gets a value indicating whether the id is live.", "Gets or sets a value indicating whether it is.", "Whether the id is live.", "Returns true if so.")]
    [InlineData("class C { [Bits(\"P\", 0)] bool Present { get; } }", "P: the entry is present.", "Gets a value indicating whether so.", "Whether the entry is present.")]
    [InlineData("class C { event Action Faulted; }", "Raised when an observer throws.", "Raised when it ends.", "An observer threw.", "Told when it throws.")]
    [InlineData("enum E { A }", "The set of values.", "Values.", "What it can be.")]
    [InlineData("class C { int this[int i] => i; }", "The id at an index.", "An id.", "Gets the id.")]
    [InlineData("class C { public static C operator +(C a, C b) => a; }", "Adds two.", "Returns a sum.", "The sum.")]
    public void Summaries(string code, string right, string alsoRight, params string[] wrong)
    {
        Assert.All([right, alsoRight], summary => Assert.Empty(SummaryRule.Violations(Documented(code, summary))));
        Assert.All(wrong, summary => Assert.Single(SummaryRule.Violations(Documented(code, summary))));
    }

    [Theory]
    [InlineData("The id is live.", 0)]
    [InlineData("An id.", 0)]
    [InlineData("What is live.", 1)]
    [InlineData("Whether it is.", 1)]
    public void Summaries_of_enumeration_values(string summary, int violations) =>
        Assert.Equal(violations, SummaryRule.Violations(SourceFile.Parse("src/A/B.cs", $"enum E\n{{\n    /// <summary>{summary}</summary>\n    A,\n}}")).Count());

    [Theory]
    [InlineData("[Fact] public void Free_reclaims_the_number() { }", 0)]
    [InlineData("[Theory] public async Task What_is_freed_is_gone() { }", 1)]
    [InlineData("[LinuxFact(Skip = \"\")] public void Who_frees() { }", 1)]
    [InlineData("[Fact, Trait(\"a\", \"b\")] public void It_is_freed() { }", 1)]
    [InlineData("[Fact] public void Items_are_freed() { }", 0)]
    [InlineData("public void What_is_no_test() { }", 0)]
    [InlineData("[Fact] public void A234567890_234567890_234567890_234567890_234567890_234567890_234567890() { }", 0)]
    [InlineData("[Fact] public void A234567890_234567890_234567890_234567890_234567890_234567890_2345678901() { }", 1)]
    public void Test_names(string method, int violations) =>
        Assert.Equal(violations, TestNameRule.Violations(SourceFile.Parse("tests/A/B.cs", $"class B {{ {method} }}")).Count());

    [Theory]
    [InlineData("void M(string what) { }", 1)]
    [InlineData("void M(string text, int which) { foreach (int how in new int[which]) { } }", 2)]
    [InlineData("void M(object o) { if (o is string why) { var (when, reason) = (why, 1); } }", 2)]
    [InlineData("void M(string reason, int whatever) { int place = 1; }", 0)]
    [InlineData("object M(int[] all) => from whom in all let who = whom where who > 1 select who;", 2)]
    public void Variables(string method, int violations) =>
        Assert.Equal(violations, VariableNameRule.Violations(SourceFile.Parse("tests/A/B.cs", $"class B {{ {method} }}")).Count());

    [Theory]
    [InlineData("../", "shared/notes", 1)]
    [InlineData("../", "Shared/WorkingTree.cs", 0)]
    [InlineData("see FACT", "S.md", 1)]
    [InlineData("see DESIG", "N.md", 1)]
    [InlineData("iss", "ue 16", 1)]
    [InlineData("Iss", "ues #3", 1)]
    [InlineData("two facts of an ", "issue", 0)]
    public void Mentions(string begin, string end, int violations) => Assert.Equal(violations, MentionRule.Violations(new TextFile("docs/a.md", begin + end)).Count());

    private static SourceFile Documented(string code, string summary)
    {
        int member = code.IndexOf('{', StringComparison.Ordinal) is var brace and > 0 && code.StartsWith("class C", StringComparison.Ordinal) ? brace + 1 : 0;
        return SourceFile.Parse("src/A/B.cs", $"{code[..member]}\n    /// <summary>{summary}</summary>\n    {code[member..]}");
    }
}
