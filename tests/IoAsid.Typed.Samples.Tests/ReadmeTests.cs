using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuickStart;

namespace IoAsid.Typed.Samples.Tests;

public sealed class ReadmeTests
{
    private static readonly MarkdownPage Readme = new("README.md");

    [Fact]
    public async Task Example_compiles_without_a_warning_and_prints_its_comments()
    {
        string example = Assert.Single(Readme.Blocks("csharp"));
        CSharpCompilation compilation = SampleCompiler.Compile(example, OutputKind.ConsoleApplication);

        Assert.Empty(await SampleCompiler.JudgeAsync(compilation));
        Assert.Equal(Promised(example), Run(compilation));
    }

    [Fact]
    public void The_excerpt_is_what_the_quick_start_prints()
    {
        string excerpt = Readme.Blocks("text").Single(block => block.Contains("...\n", StringComparison.Ordinal));
        string output = ExpectedOutput.Read("QuickStart");

        int at = 0;
        foreach (string part in excerpt.Split("...\n"))
        {
            int found = output.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"The quick start does not print, in this order:\n{part}");
            at = found + part.Length;
        }
    }

    private static string[] Promised(string example) =>
    [
        .. from line in example.Split('\n')
           where line.StartsWith("Console.WriteLine", StringComparison.Ordinal)
           select line.Split("// ")[1],
    ];

    private static string[] Run(Compilation compilation)
    {
        using MemoryStream image = new();
        Assert.True(compilation.Emit(image).Success);
        MethodInfo main = Assembly.Load(image.ToArray()).EntryPoint!;
        TextWriter console = Console.Out;
        using StringWriter output = new();
        try
        {
            Console.SetOut(output);
            main.Invoke(obj: null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
