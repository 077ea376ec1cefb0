using IoAsid.Typed.Attack.Harness;

const int Rounds = 20;
const int MovesPerThread = 5_000;

int mixtures = 0;
for (int round = 0; round < Rounds; round++)
{
    mixtures += Attack.Run([AnyMove, AnyMove, AnyMove], seed: round, count => count < MovesPerThread, observed: round % 2 == 0, interrupt: round % 4 == 3);
}

mixtures += Attack.Run([Moves.Tear, Moves.UseTorn, Moves.UseTorn], seed: 0, count => count < MovesPerThread, observed: false);

Console.WriteLine($"{Rounds + 1} attacks, every promise held; {mixtures} handles mixed two values.");

static void AnyMove(Arena arena, Random random) => Moves.All[random.Next(Moves.All.Length)].Make(arena, random);
