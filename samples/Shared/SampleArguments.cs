namespace Samples;

/// <summary>The arguments of the samples: <c>[--seed N] [FILE]</c>.</summary>
/// <param name="Seed">Fixes the run.</param>
/// <param name="File">Where a trace goes; null for none.</param>
public sealed record SampleArguments(ulong Seed, string? File)
{
    private const ulong DefaultSeed = 1;

    /// <summary>Reads them and plays the sample, or says what is wrong with them.</summary>
    /// <returns>The exit code: 2 for wrong arguments.</returns>
    public static int Play(string[] args, Action<SampleArguments> play)
    {
        if (TryRead(args, out SampleArguments arguments))
        {
            play(arguments);
            return 0;
        }

        Console.Error.WriteLine("Arguments: [--seed N] [FILE]. N is a number from 0 on and fixes the run; FILE takes a trace, where the sample writes one.");
        return 2;
    }

    private static bool TryRead(string[] args, out SampleArguments arguments)
    {
        arguments = new SampleArguments(DefaultSeed, File: null);
        int at = 0;
        if (args is ["--seed", var number, ..])
        {
            if (!ulong.TryParse(number, out ulong seed))
                return false;
            arguments = arguments with { Seed = seed };
            at = 2;
        }

        if (at < args.Length && !args[at].StartsWith('-'))
            arguments = arguments with { File = args[at++] };
        return at == args.Length;
    }
}
