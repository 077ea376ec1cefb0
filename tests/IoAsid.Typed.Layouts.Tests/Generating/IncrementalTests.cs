using System.Collections;
using System.Reflection;
using IoAsid.Typed.Layouts.Generator;
using IoAsid.Typed.Layouts.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Layouts.Tests.Generating;

/// <summary>The generator processes only the edited structures, and its steps hold no object of a compilation.</summary>
public sealed class IncrementalTests
{
    private const string Code = """
        namespace Device;

        [BitLayout("First", 64)]
        public readonly partial record struct First
        {
            [Bits("A", 0, 3)] public partial byte A { get; init; }
        }

        [BitLayout("Second", 64)]
        public readonly partial record struct Second
        {
            [Bits("B", 0, 3)] public partial byte B { get; init; }
        }

        public static class Driver
        {
            public static int Work() => 1;
        }
        """;

    [Theory]
    [InlineData("=> 1", "=> 2")]
    [InlineData("public static class Driver", "/// <summary>A driver.</summary>\npublic static class Driver")]
    [InlineData("namespace Device;", "namespace Device;\n\n\n")]
    [InlineData("public static class Driver", "public interface IAdded { }\npublic static class Driver")]
    [InlineData("[Bits(\"A\", 0, 3)] public", "/// <summary>A field.</summary>\n    [Bits(\"A\", lowBit: 0, highBit: 1 + 2)]\n    public")]
    public void An_edit_that_changes_no_layout_generates_nothing(string old, string edited)
    {
        (GeneratorRunResult result, _) = RunAfterEdit(old, edited);

        Assert.All(
            Reasons(result.TrackedSteps[LayoutGenerator.ModelStep]),
            reason => Assert.Contains(reason, new[] { IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached }));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(result.TrackedOutputSteps.Single().Value).Distinct());
    }

    [Fact]
    public void An_edit_of_one_layout_generates_that_one()
    {
        (GeneratorRunResult result, GeneratorRunResult before) = RunAfterEdit("[Bits(\"B\", 0, 3)]", "[Bits(\"B\", 1, 3)]");

        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached],
            Reasons(result.TrackedOutputSteps.Single().Value).Order());
        Assert.Same(TextOf(before, "Device.First.g.cs"), TextOf(result, "Device.First.g.cs"));
        Assert.NotEqual(TextOf(before, "Device.Second.g.cs").ToString(), TextOf(result, "Device.Second.g.cs").ToString());
    }

    [Fact]
    public void No_step_holds_anything_of_a_compilation()
    {
        (GeneratorRunResult result, _) = RunAfterEdit("=> 1", "=> 2");

        foreach ((object value, _) in result.TrackedSteps[LayoutGenerator.ModelStep].SelectMany(step => step.Outputs))
            AssertPlain(value, []);
    }

    private static void AssertPlain(object? value, HashSet<object> seen)
    {
        if (value is null || value.GetType() is { IsPrimitive: true } or { IsEnum: true } || value is string || !seen.Add(value))
            return;

        Assert.False(value is ISymbol or SyntaxNode or Compilation or SemanticModel or Location or SyntaxReference, $"A step holds a {value.GetType().Name}.");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
                AssertPlain(item, seen);
        }

        foreach (FieldInfo field in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            AssertPlain(field.GetValue(value), seen);
    }

    private static (GeneratorRunResult Result, GeneratorRunResult Before) RunAfterEdit(string old, string edited)
    {
        Generation generation = new();
        CSharpCompilation compilation = TestProject.Compile(Code);
        GeneratorRunResult before = generation.Run(compilation);
        Assert.Empty(generation.Problems);

        SyntaxTree tree = compilation.SyntaxTrees[0];
        SourceText text = SourceText.From(Code.Replace(old, edited, StringComparison.Ordinal));
        Assert.NotEqual(Code, text.ToString());
        GeneratorRunResult result = generation.Run(compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(text)));
        Assert.Empty(generation.Problems);
        return (result, before);
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        steps.SelectMany(step => step.Outputs).Select(output => output.Reason);

    private static SourceText TextOf(GeneratorRunResult result, string file) => result.GeneratedSources.Single(source => source.HintName == file).SourceText;
}
