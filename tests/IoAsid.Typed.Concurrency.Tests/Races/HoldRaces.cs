namespace IoAsid.Typed.Concurrency.Tests.Races;

public sealed class HoldRaces : IDisposable
{
    private static readonly RawIoAsid Only = new(1);

    private readonly Hammer _hammer = new();
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 2 });
    private readonly IoAsidSet<Life> _root;
    private long _sequence;

    public HoldRaces() => _root = _space.CreateSet<Life>("root");

    public void Dispose() => _space.Dispose();

    [Fact]
    public void A_number_is_not_used_again_while_it_is_held()
    {
        Life? last = null;
        void Reuse()
        {
            Life next = new(_root, Interlocked.Increment(ref _sequence));
            if (_root.TryAllocate(next, out IoAsidHandle<Life> handle, out _))
            {
                _hammer.Expect(Interlocked.Exchange(ref last, next) is not { IsHeld: true }, "The number of a held id was allocated again.");
                handle.Free();
            }
        }

        void Hold()
        {
            using IoAsidHold<Life> hold = _root.Hold(Only);
            if (hold.IsHeld)
            {
                hold.Data.Enter();
                hold.Data.Leave();
            }
        }

        void Keep()
        {
            if (_root.TryHold(Only, out IoAsidReference<Life>? reference))
            {
                reference.Data.Enter();
                Thread.SpinWait(50);
                reference.Data.Leave();
                reference.Dispose();
            }
        }

        _hammer.Run(_ => Reuse(), _ => Hold(), _ => Keep());
        AssertNothingOutstanding();
    }

    [Fact]
    public void A_hold_that_a_free_refused_is_never_followed_by_data_of_that_life()
    {
        Action<Random> Holder()
        {
            long seen = 0;
            return _ =>
            {
                seen = _root.TryFind(Only, out Life? life) ? life.Sequence : seen;
                using IoAsidHold<Life> hold = _root.Hold(Only);
                bool refused = hold.Status == IoAsidLookupStatus.FreePending;
                _hammer.Expect(!refused || !_root.TryFind(Only, out Life? found) || found.Sequence > seen, "Data was found after a hold was refused.");
            };
        }

        _hammer.Run(
            _ => _root.Allocate(new Life(_root, Interlocked.Increment(ref _sequence))).FreeAsync().Wait(),
            Holder(),
            Holder());
        AssertNothingOutstanding();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_set_neither_delays_nor_causes_a_reclaim(bool ofOtherTree)
    {
        IoAsidSet<Life> mine = _root.CreateSubset<Life>("mine");
        IoAsidSet<Life> strange = (ofOtherTree ? _space.CreateSet<Life>("other") : _root).CreateSubset<Life>("strange");
        using ThreadLocal<bool> owner = new();
        using IoAsidObserverRegistration watch = _space.Observe(
            edge => _hammer.Expect(owner.Value || edge.Set != mine, "A thread of another set reported an event of the owner's id."));
        _hammer.Run(
            random =>
            {
                owner.Value = true;
                IoAsidHandle<Life> handle = random.Next(2) == 0 ? mine.Allocate() : mine.Allocate(new Life(mine, 1));
                _hammer.Expect(handle.Free() == IoAsidFreeResult.Reclaimed, "An attempt of another set to hold the id made its free pending.");
            },
            _ => _hammer.Expect(!strange.TryHold(Only, out IoAsidReference? _), "Another set got a reference."),
            _ => _hammer.Expect(!strange.Hold(Only).IsHeld, "Another set got a hold."));
        AssertNothingOutstanding();
    }

    [Fact]
    public void A_private_id_leads_only_to_the_life_it_was_attached_to()
    {
        PrivateIoAsid guest = new(1);
        object withGuest = new();
        void Live(bool attach)
        {
            if (_root.TryAllocate(new Life(attach ? withGuest : _root, 1), out IoAsidHandle<Life> handle, out _))
            {
                Attach(handle, attach);
                handle.Free();
                _hammer.Expect(!attach || handle.IsStale, "A freed id was not stale.");
            }
        }

        void Attach(IoAsidHandle<Life> handle, bool attach)
        {
            if (attach)
                handle.AttachPrivateId(guest);
        }

        void Resolve()
        {
            if (_root.TryHold(guest, out IoAsidReference<Life>? reference))
            {
                _hammer.Expect(reference.Data.Owner == withGuest, "A private id was resolved to another life.");
                reference.Dispose();
            }
        }

        _hammer.Run(random => Live(random.Next(2) == 0), _ => Resolve(), _ => Resolve());
        AssertNothingOutstanding();
    }

    private void AssertNothingOutstanding()
    {
        _root.FreeAll();
        Assert.Equal(0, _space.Pool.Outstanding);
    }
}
