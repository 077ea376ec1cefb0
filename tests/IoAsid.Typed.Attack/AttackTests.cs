using System.Globalization;
using IoAsid.Typed.Attack.Harness;

namespace IoAsid.Typed.Attack;

/// <summary>
/// Attacks in safe code through public members only. Whatever they do, no data of another type or set comes out, no id of another set changes, and counts, quotas,
/// numbers and events are exact in the end. <c>IOASID_ATTACK_SECONDS</c> makes each test attack for so long.
/// </summary>
public sealed class AttackTests
{
    private const int MovesOfAPair = 40;

    private static readonly double Seconds =
        double.TryParse(Environment.GetEnvironmentVariable("IOASID_ATTACK_SECONDS"), CultureInfo.InvariantCulture, out double set) ? set : 0;

    public static TheoryData<string> Members => [.. Moves.All.Select(move => move.Member)];

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_races_with_every_member(string member)
    {
        Move first = Array.Find(Moves.All, move => move.Member == member)!;
        int moves = MovesOfAPair * (1 + (int)(Seconds * 100));
        foreach (Move second in Moves.All[Array.IndexOf(Moves.All, first)..])
        {
            foreach (bool observed in new[] { false, true })
            {
                Attack(() => Harness.Attack.Run([first.Make, second.Make, PublishAll], seed: 1, count => count < moves, observed), second.Member);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Everything_races_with_everything(bool observed) =>
        Attack(() => Harness.Attack.Run([AnyMove, AnyMove, PublishAll, AnyMove], seed: 2, For(0.3), observed), "all members");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hammer_tears_handles_on_purpose(bool observed)
    {
        int mixtures = 0;
        for (int round = 0; round < 20 && mixtures == 0; round++)
        {
            Attack(() => mixtures = Harness.Attack.Run([Moves.Tear, Moves.UseTorn, Moves.UseTorn], seed: round, For(0.02), observed), "torn handles");
        }

        Assert.SkipWhen(mixtures == 0, "The threads never ran at the same time, so no handle was torn.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interrupted_threads_lose_nothing(bool observed) =>
        Attack(() => Harness.Attack.Run([AnyMove, AnyMove, AnyMove, AnyMove], seed: 3, For(0.3), observed, interrupt: true), "all members, interrupted");

    private static void PublishAll(Arena arena, Random random)
    {
        foreach (Move move in Moves.All.Where(move => move.Member.StartsWith("publish", StringComparison.Ordinal)))
        {
            move.Make(arena, random);
        }
    }

    private static void AnyMove(Arena arena, Random random) => Moves.All[random.Next(Moves.All.Length)].Make(arena, random);

    private static Func<int, bool> For(double seconds)
    {
        // A bound on the work, so that the run is the same on a slow machine.
        int moves = (int)(20_000 * Math.Max(seconds, Seconds));
        return count => count < moves;
    }

    private static void Attack(Func<int> run, string against)
    {
        try
        {
            run();
        }
        catch (BrokenPromiseException broken)
        {
            Assert.Fail($"Against {against}: {broken.Message}");
        }
    }
}
