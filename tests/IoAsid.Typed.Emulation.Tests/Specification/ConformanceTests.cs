
namespace IoAsid.Typed.Emulation.Tests.Specification;

/// <summary>The agreement of the lists of statements, the tests that name them, and the page about both.</summary>
public sealed class ConformanceTests
{
    private const string Page = "docs/vtd-conformance.md";

    private static readonly IReadOnlyList<Statement> Statements = StatementList.Read();

    private static readonly ILookup<string, TestReference> Tests =
        TestReferences.Find().ToLookup(test => test.Statement, StringComparer.Ordinal);

    [Fact]
    public void Each_statement_has_a_test_or_a_reason() =>
        Assert.Empty(Statements.Where(statement => statement.IsModelled != Tests.Contains(statement.Id)).Select(statement => statement.IsModelled
            ? $"{statement.Id} has neither a test nor a reason: {statement.Text}"
            : $"{statement.Id} has a reason why it is not modelled, but {Tests[statement.Id].First().Name} tests it."));

    [Fact]
    public void Each_test_names_statements_that_exist() =>
        Assert.Empty(Tests.Where(named => Statements.All(statement => statement.Id != named.Key))
            .SelectMany(named => named.Select(test => $"{test.Name} names {named.Key}, which is in no list.")));

    [Fact]
    public void Statements_of_a_section_are_numbered_and_in_order()
    {
        foreach (IGrouping<string, Statement> section in Statements.GroupBy(statement => statement.Section))
            Assert.Equal(Enumerable.Range(1, section.Count()).Select(number => $"{section.Key}/{number}"), section.Select(statement => statement.Id));
    }

    [Fact]
    public void Each_attribute_is_found_in_the_sources()
    {
        string[] declared = [.. typeof(ConformanceTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => ((SpecificationAttribute[])method.GetCustomAttributes(typeof(SpecificationAttribute), inherit: false))
                .SelectMany(attribute => attribute.Statements.Select(id => $"{method.DeclaringType!.Name}.{method.Name} {id}")))
            .Order(StringComparer.Ordinal)];

        Assert.Equal(declared, Tests.SelectMany(named => named)
            .Where(test => test.File.StartsWith("tests/IoAsid.Typed.Emulation.Tests/", StringComparison.Ordinal))
            .Select(test => $"{test.Name} {test.Statement}")
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_is_up_to_date()
    {
        string page = ConformancePage.Render(Statements, Tests);
        if (Environment.GetEnvironmentVariable("IOASID_UPDATE_EXPECTED_OUTPUT") == "1")
            File.WriteAllText(WorkingTree.PathOf(Page), page);
        Assert.Equal(WorkingTree.Read(Page), page);
    }
}
