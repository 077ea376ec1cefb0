using CsCheck;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The entries between head and tail of the page request queue are the requests that arrived and were not dropped, in order.</summary>
public sealed class PageRequestPropertyTests
{
    private const int Entries = 128;

    [Fact]
    public void The_queue_contains_the_arrived_requests_in_order() =>
        Gen.Int[0, 11].Array[1, 60].Sample(moves =>
        {
            using UnitFixture fixture = UnitFixture.InScalableMode();
            fixture.Registers.Write64(0xD0, UnitFixture.Ring);
            fixture.PassThrough(new Pasid(5));
            Queue<int> expected = [];
            int sent = 0;
            int answered = 0;
            bool overflow = false;
            foreach (int move in moves)
            {
                if (move == 0)
                {
                    overflow = false;
                    fixture.Registers.Write32(0xDC, 2);
                }
                else if (move < 4)
                {
                    Consume(fixture, expected, Math.Min(expected.Count, move * 20));
                }
                else
                {
                    for (int burst = 0; burst < move * 5; burst++)
                        answered += Send(fixture, expected, ref sent, ref overflow) ? 1 : 0;
                }

                Assert.Equal(expected, InRing(fixture));
                Assert.Equal((overflow, answered), ((fixture.Registers.Read32(0xDC) & 2) != 0, fixture.Responses.Count));
                Assert.InRange(fixture.Registers.Read64(0xC8), 0UL, (Entries - 1) * 32UL);
            }
        }, iter: 200);

    // Each third request is not the last of its group, and each seventh is a stop marker. The unit sends no response to a dropped request of these.
    private static bool Send(UnitFixture fixture, Queue<int> expected, ref int sent, ref bool overflow)
    {
        int group = sent++ % 512;
        bool stop = group % 7 == 6;
        bool last = stop || group % 3 != 2;
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, group, Read: !stop, Write: false, last, new PasidPrefix(new Pasid(5))));
        fixture.Scheduler.Run();
        overflow |= expected.Count == Entries - 1;
        if (!overflow)
            expected.Enqueue(group);
        return overflow && last && !stop;
    }

    private static void Consume(UnitFixture fixture, Queue<int> expected, int count)
    {
        for (int taken = 0; taken < count; taken++)
            expected.Dequeue();
        fixture.Registers.Write64(0xC0, (fixture.Registers.Read64(0xC0) + (ulong)count * 32) % 4096);
    }

    private static IEnumerable<int> InRing(UnitFixture fixture)
    {
        for (ulong head = fixture.Registers.Read64(0xC0); head != fixture.Registers.Read64(0xC8); head = (head + 32) % 4096)
            yield return (int)(fixture.Word(UnitFixture.Ring + head + 8) >> 3 & 0x1FF);
    }
}
