using System;
using IoAsid.Typed;

IoAsidSpace space = new();
RawIoAsid pasid = space.CreateSet<Process>("sva").Allocate(new Process("process 42")).Id;
Console.WriteLine(LegacyLookup.Find(space, pasid)); // IOASID1001

internal sealed record Process(string Name)
{
    public override string ToString() => Name;
}
