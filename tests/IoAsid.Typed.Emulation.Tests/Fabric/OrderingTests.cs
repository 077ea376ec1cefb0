using CsCheck;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>What may pass what (PCIe 2.4.1), and that what may does under some seed.</summary>
public sealed class OrderingTests
{
    private const int Seeds = 300;

    private static readonly string[] Posted = ["write", "page", "completion"];
    private static readonly string[] NonPosted = ["read", "atomic", "translate"];

    private static readonly Gen<(ulong, string[])> SeedsAndKinds = Gen.Select(
        Gen.ULong[1, ulong.MaxValue], Gen.Int[0, 5].Select(kind => kind < 3 ? Posted[kind] : NonPosted[kind - 3]).Array[1, 40]);

    public static TheoryData<string, string, bool> Pairs()
    {
        TheoryData<string, string, bool> pairs = [];
        foreach (string first in Posted.Concat(NonPosted))
        {
            foreach (string second in Posted.Concat(NonPosted))
                pairs.Add(first, second, !Posted.Contains(first));
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    [Specification("7.7/2", "7.8/2")]
    public void The_second_of_two_passes_the_first_only_where_it_may(string first, string second, bool mayPass)
    {
        bool passed = Enumerable.Range(1, Seeds).Any(seed =>
        {
            FabricBench bench = new((ulong)seed);
            bench.SendUp(first, 1);
            bench.SendUp(second, 2);
            bench.Scheduler.Run();
            return bench.Agent.Arrived.FindIndex(arrived => arrived.EndsWith("2000", StringComparison.Ordinal)) == 0;
        });

        Assert.Equal(mayPass, passed);
    }

    [Fact]
    [Specification("6.5.4/3")]
    public void An_invalidate_completion_never_arrives_before_what_was_posted_before_it()
    {
        SeedsAndKinds.Sample((seed, kinds) =>
        {
            FabricBench bench = new(seed);
            for (int number = 1; number <= kinds.Length; number++)
                bench.SendUp(kinds[number - 1], number);
            bench.Scheduler.Run();

            List<ulong> posted = [.. bench.Agent.Arrived.Where(IsPosted).Select(NumberOf)];
            return bench.Agent.Arrived.Count == kinds.Length && posted.SequenceEqual(posted.Order());
        });
    }

    [Fact]
    public void Requests_arrive_after_what_was_posted_before_them()
    {
        SeedsAndKinds.Sample((seed, kinds) =>
        {
            FabricBench bench = new(seed);
            for (int number = 1; number <= kinds.Length; number++)
                bench.SendUp(kinds[number - 1], number);
            bench.Scheduler.Run();

            ulong lastPosted = 0;
            foreach (string arrived in bench.Agent.Arrived)
            {
                if (IsPosted(arrived))
                    lastPosted = NumberOf(arrived);
                else if (Enumerable.Range(1, (int)NumberOf(arrived)).Any(number => Posted.Contains(kinds[number - 1]) && (ulong)number > lastPosted))
                    return false;
            }

            return true;
        });
    }

    [Fact]
    public void A_translation_completion_never_passes_an_invalidation_that_was_sent_before_it_and_may_be_passed_by_a_later_one()
    {
        bool overtaken = false;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            FabricBench bench = new(seed);
            bench.SendUp("translate", 1);
            bench.Scheduler.Run(async () => await bench.Scheduler.WaitUntil(() => bench.Agent.Arrived.Count == 1, TimeSpan.FromSeconds(1)));
            bool isOnItsWay = bench.Endpoint.Arrived.Count == 0;
            bench.SendDown("invalidate", 3);
            bench.Scheduler.Run();
            overtaken |= isOnItsWay && bench.Endpoint.Arrived[0] == "invalidate 3";

            bench.Endpoint.Arrived.Clear();
            bench.SendDown("invalidate", 4);
            bench.SendUp("translate", 2);
            bench.Scheduler.Run();
            Assert.Equal("invalidate 4", bench.Endpoint.Arrived[0]);
        }

        Assert.True(overtaken);
    }

    [Fact]
    public void Reading_a_register_pushes_what_was_posted_both_ways()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            FabricBench bench = new(seed);
            bench.Port.Registers.Write32(8, 5);
            bench.Port.Registers.Write32(8, 6);
            bench.SendUp("write", 1);
            bench.SendUp("read", 2);

            Assert.Equal(6u, bench.Port.Registers.Read32(8));
            Assert.Equal(["write 1000"], bench.Agent.Arrived);
        }
    }

    [Fact]
    public void A_write_to_a_register_is_on_its_way_until_a_step_delivers_it()
    {
        FabricBench bench = new(0);
        bench.Port.Registers.Write64(16, 7);
        Assert.Equal(0UL, bench.Endpoint.Read64(16));

        bench.Scheduler.Run();

        Assert.Equal(7UL, bench.Endpoint.Read64(16));
    }

    private static bool IsPosted(string arrived) => Posted.Contains(arrived.Split(' ')[0]);

    private static ulong NumberOf(string arrived) => Convert.ToUInt64(arrived.Split(' ')[1], 16) >> 12;
}
