namespace IoAsid.Typed.Samples.Tests;

/// <summary>The output of a sample, in a file of the folder Expected. <c>IOASID_UPDATE_EXPECTED_OUTPUT=1</c> writes the files again.</summary>
internal static class ExpectedOutput
{
    public static void Equal(string sample, string output)
    {
        string file = FileOf(sample);
        string actual = output.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("IOASID_UPDATE_EXPECTED_OUTPUT") == "1")
            File.WriteAllText(WorkingTree.PathOf(file), actual);

        Assert.Equal(WorkingTree.Read(file), actual);
    }

    public static string Read(string sample) => WorkingTree.Read(FileOf(sample));

    private static string FileOf(string sample) => $"tests/IoAsid.Typed.Samples.Tests/Expected/{sample}.txt";
}
