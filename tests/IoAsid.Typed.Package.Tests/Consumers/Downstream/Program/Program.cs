using System;
using IoAsid.Typed;

IoAsidSpace space = new();
RawIoAsid pasid = space.CreateSet<string>("sva").Allocate("process 42").Id;
Console.WriteLine(LegacyLookup.Find(space, pasid)); // IOASID1001
