using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The comparison with the files in the folder Pictures. <c>IOASID_UPDATE_EXPECTED_OUTPUT=1</c> writes the files again.</summary>
internal static class GoldenPicture
{
    public static void Equal(string name, string picture, [CallerFilePath] string source = "")
    {
        if (Environment.GetEnvironmentVariable("IOASID_UPDATE_EXPECTED_OUTPUT") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(source)!, "Pictures", name + ".txt"), picture);
            return;
        }

        string expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Diagnostics", "Pictures", name + ".txt"));
        Assert.Equal(expected.ReplaceLineEndings("\n"), picture);
    }
}
