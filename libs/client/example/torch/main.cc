// A training of LibTorch that logs to Stepwell: a line is fitted, and its weight drawn.
#include <torch/torch.h>

#include <string>

#include "stepwell/run.h"

int main() {
  stepwell::RunOptions options;
  options.experiment = "libtorch";
  options.name = "line";
  options.params = {{"lr", 0.1}, {"torch", TORCH_VERSION}};
  options.handle_sigterm = true;
  stepwell::Run run(options);

  torch::manual_seed(0);
  torch::nn::Linear model(2, 1);
  torch::optim::SGD optimizer(model->parameters(), 0.1);
  const torch::Tensor inputs = torch::rand({64, 2});
  const torch::Tensor targets = inputs.matmul(torch::tensor({{2.0f}, {-1.0f}}));
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    const torch::Tensor loss = torch::mse_loss(model(inputs), targets);
    loss.backward();
    optimizer.step();
    run.Log({{"loss", loss.item<float>()}}, step);
    if (step % 50 != 0) continue;
    const torch::Tensor weight = model->weight.detach().contiguous();
    run.Log("weight", stepwell::Tensor(weight.data_ptr<float>(), weight.sizes().vec()), step);
    run.Log("weights", stepwell::Histogram(weight.data_ptr<float>(), static_cast<std::size_t>(weight.numel())), step);
  }
  return 0;
}
