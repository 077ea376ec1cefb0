namespace IoAsid.Typed.Analyzers;

/// <summary>The descriptors of all rules, a file per category.</summary>
internal static partial class Descriptors
{
    /// <summary>The folder of rule pages; a page is named after its rule.</summary>
    public const string PagesUri = "https://github.com/ioasid-typed/IoAsid.Typed/blob/main/docs/rules/";

    private static string PageOf(string id) => $"{PagesUri}{id}.md";
}
