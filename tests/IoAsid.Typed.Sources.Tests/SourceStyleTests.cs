namespace IoAsid.Typed.Sources.Tests;

/// <summary>The style that the compiler's analyzers cannot enforce: braces, creations, comments, folders and namespaces are consistent in all sources.</summary>
public sealed class SourceStyleTests
{
    [Fact]
    public void Braces_stand_around_more_than_one_line() => AssertNone(BraceRule.Violations);

    [Fact]
    public void New_objects_are_typed_where_they_are_declared() => AssertNone(CreationRule.Violations);

    [Fact]
    public void Comments_are_sentences() => AssertNone(CommentRule.Violations);

    [Fact]
    public void Page_constants_have_names() => AssertNone(PageConstantRule.Violations);

    [Fact]
    public void Ids_of_hardware_keep_their_type() => AssertNone(TypedIdRule.Violations);

    [Fact]
    public void Waits_take_a_token() => AssertNone(GrammarRules.WaitsWithoutToken);

    [Fact]
    public void Delegates_are_not_settable() => AssertNone(GrammarRules.SettableDelegates);

    [Fact]
    public void Objects_are_used() => AssertNone(GrammarRules.DiscardedObjects);

    [Fact]
    public void Errors_are_produced() => Violations.AssertNone(GrammarRules.ErrorsNeverProduced(SourceFile.All));

    [Fact]
    public void Structs_that_threads_can_share_read_each_field_once() => AssertNone(SingleReadRule.Violations);

    [Fact]
    public void Folders_are_at_most_two_deep() => AssertNone(LayoutRules.TooDeep);

    [Fact]
    public void Public_types_are_in_the_root_namespace() => AssertNone(LayoutRules.OutsideRootNamespace);

    [Fact]
    public void Types_are_in_one_file() => Violations.AssertNone(LayoutRules.InSeveralFiles(SourceFile.All));

    [Fact]
    public void Types_have_names_of_their_own() => Violations.AssertNone(LayoutRules.RepeatedNames(SourceFile.All));

    [Fact]
    public void Assertions_compare_no_tuples_of_many_values() => AssertNone(TupleRule.Violations);

    private static void AssertNone(Func<SourceFile, IEnumerable<string>> rule) => Violations.AssertNone(SourceFile.All.Where(file => !file.IsMaterial).SelectMany(rule));
}
