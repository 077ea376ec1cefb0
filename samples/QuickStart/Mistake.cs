using Microsoft.CodeAnalysis;

namespace QuickStart;

/// <summary>
/// A small mistake and the correct line: a file of the folder Mistakes. The file begins with a comment that explains the mistake,
/// and has the wrong line under <c>#if MISTAKE</c> and the correct line under <c>#else</c>.
/// </summary>
public sealed class Mistake
{
    private const string Symbol = "MISTAKE";

    private readonly string[] _lines;

    private Mistake(string fileName, string source)
    {
        FileName = fileName;
        Source = source;
        _lines = source.ReplaceLineEndings("\n").Split('\n');
    }

    public string FileName { get; }

    public string Source { get; }

    public string Explanation => _lines[0].TrimStart('/', ' ');

    /// <summary>The line that replaces the mistake.</summary>
    public string Repair => _lines[Array.IndexOf(_lines, "#else") + 1].Trim();

    /// <summary>Reads all mistakes, in the order of their file names.</summary>
    public static IReadOnlyList<Mistake> All() =>
    [
        .. typeof(Mistake).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".cs", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new Mistake(name, Read(name))),
    ];

    public Compilation CompileMistake() => SampleCompiler.Compile(Source, OutputKind.DynamicallyLinkedLibrary, Symbol);

    public Compilation CompileRepair() => SampleCompiler.Compile(Source, OutputKind.DynamicallyLinkedLibrary);

    /// <summary>Returns a line of the file, counted from 0.</summary>
    public string Line(int index) => _lines[index];

    private static string Read(string name)
    {
        using StreamReader reader = new(typeof(Mistake).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
